import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import { fitLogistic, type LogisticSample } from '../../../src/ml/baseline/logistic';
import type { SparseMatrix } from '../../../src/ml/baseline/sparse';
import { fitUnderStudent } from '../../../src/ml/baseline/student-prior';

const FEATURES = 40;
const PRECISION = { columns: 0.5, own: 1 };
const PRIOR = { freedom: 2, variance: 0.05 };

/** Rows of five features each out of forty, of which the first two alone matter. */
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

/** Minus the log posterior under the t, without what does not move. */
function objective({ X, samples }: ReturnType<typeof problem>, b: Float64Array, c: number): number {
  const loss = samples.reduce((sum, { row, target, weight }) => {
    let z = c;
    for (let k = X.starts[row]!; k < X.starts[row + 1]!; k++) z += b[X.indices[k]!]!;
    return sum + weight * (Math.log(1 + Math.exp(z)) - target * z);
  }, 0);
  const { freedom, variance } = PRIOR;
  return loss + b.reduce((sum, value) => sum + ((freedom + 1) / 2) * Math.log(freedom * variance + PRECISION.columns * value * value), 0);
}

describe('logistic regression under Student\'s t', () => {
  const fit = (given: ReturnType<typeof problem>, rounds: number): ReturnType<typeof fitLogistic> => fitUnderStudent(given.X, given.samples, PRECISION, { ...PRIOR, rounds });

  it('comes nearer to the most likely coefficients with every round, and stays where no step gains', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (seed) => {
        const given = problem(seed);
        const values = [1, 2, 4, 8].map((rounds) => fit(given, rounds)).map(({ coefficients, intercept }) => objective(given, coefficients, intercept));
        for (let i = 1; i < values.length; i++) expect(values[i]!).toBeLessThan(values[i - 1]! + 1e-6);
        const { coefficients, intercept } = fit(given, 2_000);
        const best = objective(given, coefficients, intercept);
        for (let j = 0; j < FEATURES; j++) for (const step of [-0.02, 0.02]) {
          expect(objective(given, coefficients.map((value, k) => (k === j ? value + step : value)), intercept)).toBeGreaterThan(best);
        }
      }),
      { numRuns: 3 },
    );
  });

  it('finds the few that matter, where the normal prior shares them out', () => {
    for (const seed of [1, 2, 3]) {
      const { truth, ...given } = problem(seed);
      const off = (coefficients: Float64Array): number => Math.hypot(...coefficients.map((value, j) => value - truth[j]!));
      expect(off(fit({ truth, ...given }, 4).coefficients)).toBeLessThan(0.8 * off(fitLogistic(given.X, given.samples, PRECISION).coefficients));
    }
  });

  it('is the normal prior\'s answer before its first round', () => {
    const given = problem(4);
    expect(fit(given, 0)).toEqual(fitLogistic(given.X, given.samples, PRECISION));
  });
});
