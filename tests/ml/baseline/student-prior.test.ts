import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import { fitLogistic, type LogisticSample } from '../../../src/ml/baseline/logistic';
import type { SparseMatrix } from '../../../src/ml/baseline/sparse';
import { fitUnderStudent, type Together } from '../../../src/ml/baseline/student-prior';

const FEATURES = 40;
const PRECISION = { columns: 0.5, own: 1 };
const PRIOR = { freedom: 2, variance: 0.05 };

/** Rows of five features each out of forty, of which the first two alone matter; each feature counts 1 in its row. */
function problem(seed: number): { X: SparseMatrix; samples: LogisticSample[]; truth: number[] } {
  const rng = createRng(seed);
  const truth = Array.from({ length: FEATURES }, (_, j) => (j < 2 ? 1.5 : 0));
  const rows = 60;
  const features = Array.from({ length: rows }, () => rng.shuffle(truth.map((_, j) => j)).slice(0, 5).toSorted((a, b) => a - b));
  const X: SparseMatrix = { rows, columns: FEATURES, starts: Int32Array.from({ length: rows + 1 }, (_, i) => 5 * i), indices: Int32Array.from(features.flat()), values: new Float64Array(5 * rows).fill(1) };
  const samples = features.map((of, row): LogisticSample => {
    const z = of.reduce((sum, j) => sum + truth[j]!, 0) - 1;
    return { row, offset: 0, scale: 1, target: 1 / (1 + Math.exp(-z + 0.3 * rng.normal())), weight: 20 };
  });
  return { X, samples, truth };
}

describe('logistic regression under Student\'s t', () => {
  const fit = (given: ReturnType<typeof problem>, rounds: number): ReturnType<typeof fitLogistic> => fitUnderStudent(given.X, given.samples, PRECISION, { ...PRIOR, rounds });

  it('ends where each coefficient\'s prior is what is expected of its square, and the coefficients are most likely under those priors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (seed) => {
        const { X, samples } = problem(seed);
        const { coefficients, intercept } = fit({ X, samples, truth: [] }, 500);
        const scores = Array.from({ length: X.rows }, (_, row) => intercept + Array.from(X.indices.slice(5 * row, 5 * row + 5)).reduce((sum, j) => sum + coefficients[j]!, 0));
        for (let j = 0; j < FEATURES; j++) {
          const having = samples.filter((_, row) => X.indices.slice(5 * row, 5 * row + 5).includes(j)).map((sample) => ({ ...sample, p: 1 / (1 + Math.exp(-scores[sample.row]!)) }));
          const slope = having.reduce((sum, { weight, target, p }) => sum + weight * (target - p), 0);
          const bend = having.reduce((sum, { weight, p }) => sum + weight * p * (1 - p), 0);
          // The precision t that slope = t b asks for, where b tells it, is that of the expected square: b^2 + 1 / (t + bend).
          const b = coefficients[j]!;
          if (Math.abs(b) < 1e-3) continue;
          const t = slope / b;
          expect(t * (PRIOR.freedom * PRIOR.variance + PRECISION.columns * (b * b + 1 / (t + bend)))).toBeCloseTo(PRECISION.columns * (PRIOR.freedom + 1), 2);
        }
      }),
      { numRuns: 2 },
    );
  });

  it('does not take a coefficient for nothing because its samples say little', () => {
    const X: SparseMatrix = { rows: 2, columns: 2, starts: Int32Array.from([0, 1, 2]), indices: Int32Array.from([0, 1]), values: Float64Array.from([1, 1]) };
    const samples = [{ row: 0, offset: 0, scale: 1, target: 0.5, weight: 500 }, { row: 1, offset: 0, scale: 1, target: 1, weight: 0.5 }];
    // By estimates alone its prior would narrow to freedom x variance / (freedom + 1); what is expected of the square leaves it the t's own scale.
    const asNothing = fitLogistic(X, samples, { ...PRECISION, columns: (PRECISION.columns * (PRIOR.freedom + 1)) / (PRIOR.freedom * PRIOR.variance) });
    expect(fitUnderStudent(X, samples, PRECISION, { ...PRIOR, rounds: 50 }).coefficients[1]!).toBeGreaterThan(1.4 * asNothing.coefficients[1]!);
  });

  it('learns what two columns say together beside what each says, of those whose priors came out widest, and of none unless asked', () => {
    // Every set of three of eight columns is a row. One of the first two is worth 1.5, and both no more.
    const columns = [0, 1, 2, 3, 4, 5, 6, 7];
    const rows = columns.flatMap((a) => columns.filter((b) => b > a).flatMap((b) => columns.filter((c) => c > b).map((c) => [a, b, c])));
    const X: SparseMatrix = { rows: rows.length, columns: 8, starts: Int32Array.from({ length: rows.length + 1 }, (_, i) => 3 * i), indices: Int32Array.from(rows.flat()), values: new Float64Array(3 * rows.length).fill(1) };
    const samples = rows.map((of, row) => ({ row, offset: 0, scale: 1, target: 1 / (1 + Math.exp(1 - (of.includes(0) || of.includes(1) ? 1.5 : 0))), weight: 50 }));
    const fitted = (together?: Together): ReturnType<typeof fitUnderStudent> => fitUnderStudent(X, samples, PRECISION, { ...PRIOR, rounds: 4 }, { together });
    const [alone, both] = [fitted(), fitted({ among: columns, most: 2 })];
    expect(both.pairs).toEqual([{ first: 0, second: 1, coefficient: expect.any(Number) }]);
    expect(both.pairs[0]!.coefficient).toBeLessThan(-0.5);
    expect(both.coefficients[0]!).toBeGreaterThan(alone.coefficients[0]!);
    expect(both.loss).toBeLessThan(alone.loss);
    expect(alone.pairs).toEqual([]);
    expect(fitted({ among: [4], most: 2 })).toEqual(alone);
  });

  it('finds the few that matter, where the normal prior shares them out', () => {
    for (const seed of [1, 2, 3]) {
      const { truth, ...given } = problem(seed);
      const off = (coefficients: Float64Array): number => Math.hypot(...coefficients.map((value, j) => value - truth[j]!));
      expect(off(fit({ truth, ...given }, 4).coefficients)).toBeLessThan(0.8 * off(fitLogistic(given.X, given.samples, PRECISION).coefficients));
    }
  });

  it('gives the same from near the normal prior\'s answer as from nothing', () => {
    const { X, samples } = problem(5);
    const others = samples.map((sample) => ({ ...sample, offset: 0.1 }));
    const prior = { ...PRIOR, rounds: 4 };
    const [cold, warm] = [undefined, fitLogistic(X, others, PRECISION)].map((near) => fitUnderStudent(X, samples, PRECISION, prior, { from: near }));
    warm!.coefficients.forEach((value, j) => expect(value).toBeCloseTo(cold!.coefficients[j]!, 6));
    expect(warm!.intercept).toBeCloseTo(cold!.intercept, 6);
  });

  it('is the normal prior\'s answer before its first round', () => {
    const given = problem(4);
    expect(fit(given, 0)).toEqual({ ...fitLogistic(given.X, given.samples, PRECISION), pairs: [] });
  });
});
