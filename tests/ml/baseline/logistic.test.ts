import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import { fitLogistic, type LogisticSample } from '../../../src/ml/baseline/logistic';
import type { SparseMatrix } from '../../../src/ml/baseline/sparse';

/** Rows of two features each out of six, and samples that follow known weights. */
function problem(seed: number, count: number): { X: SparseMatrix; samples: LogisticSample[]; truth: number[] } {
  const rng = createRng(seed);
  const truth = Array.from({ length: 6 }, () => rng.normal());
  const rows = 30;
  const indices = Int32Array.from(Array.from({ length: rows }, () => rng.shuffle([0, 1, 2, 3, 4, 5]).slice(0, 2).toSorted((a, b) => a - b)).flat());
  const X: SparseMatrix = { rows, columns: 6, starts: Int32Array.from({ length: rows + 1 }, (_, i) => 2 * i), indices, values: new Float64Array(2 * rows).fill(1) };
  const samples = Array.from({ length: count }, (): LogisticSample => {
    const row = rng.int(rows);
    const offset = rng.normal();
    const z = offset + 0.5 * (truth[indices[2 * row]!]! + truth[indices[2 * row + 1]!]!) - 1;
    return { row, offset, scale: 0.5, target: Number(rng.next() < 1 / (1 + Math.exp(-z))), weight: 1 + rng.int(3) };
  });
  return { X, samples, truth };
}

function objective({ X, samples }: ReturnType<typeof problem>, precision: number, b: readonly number[], c: number): number {
  const loss = samples.reduce((sum, { row, offset, scale, target, weight }) => {
    const z = offset + scale * (b[X.indices[2 * row]!]! + b[X.indices[2 * row + 1]!]!) + c;
    return sum + weight * (Math.log(1 + Math.exp(z)) - target * z);
  }, 0);
  return loss + (precision / 2) * b.reduce((sum, value) => sum + value * value, 0);
}

describe('logistic regression with a prior', () => {
  it('finds the point from which no step in any direction gains', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(0.1, 1, 30), (seed, precision) => {
        const given = problem(seed, 60);
        const { coefficients, intercept } = fitLogistic(given.X, given.samples, { columns: precision, own: 1 });
        const best = objective(given, precision, [...coefficients], intercept);
        for (let j = 0; j <= 6; j++) {
          for (const step of [-1e-3, 1e-3]) {
            const moved = [...coefficients].map((value, k) => (k === j ? value + step : value));
            expect(objective(given, precision, moved, j === 6 ? intercept + step : intercept)).toBeGreaterThan(best);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('ends at the same point wherever it begins, and from that point takes no more than one step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 8, maxLength: 8 }), (seed, [intercept, own, ...coefficients]) => {
        const { X, samples } = problem(seed, 60);
        const precision = { columns: 1, own: 1 };
        const there = fitLogistic(X, samples, precision);
        const elsewhere = fitLogistic(X, samples, precision, { coefficients: Float64Array.from(coefficients), intercept: intercept!, own: own! });
        elsewhere.coefficients.forEach((value, j) => expect(value).toBeCloseTo(there.coefficients[j]!, 5));
        expect(elsewhere.intercept).toBeCloseTo(there.intercept, 5);
        expect(fitLogistic(X, samples, precision, there).steps).toBeLessThanOrEqual(1);
      }),
      { numRuns: 25 },
    );
  });

  it('comes to the weights that made the samples, where there are enough of them', () => {
    const { X, samples, truth } = problem(4, 40_000);
    const { coefficients, intercept } = fitLogistic(X, samples, { columns: 1e-3, own: 1 });
    // Every row has two features: what is added to all of them and taken from the intercept changes nothing.
    const shift = coefficients.reduce((sum, value, j) => sum + value - truth[j]!, 0) / 6;
    coefficients.forEach((value, j) => expect(value - shift).toBeCloseTo(truth[j]!, 0));
    expect(intercept + shift).toBeCloseTo(-1, 0);
  });

  it('is the more careful the stronger the prior, and gives the rate of clicks all the same', () => {
    const { X, samples } = problem(7, 200);
    const size = (precision: number): number => Math.hypot(...fitLogistic(X, samples, { columns: precision, own: 1 }).coefficients);
    expect(size(100)).toBeLessThan(size(1));
    const { intercept } = fitLogistic(X, samples.map((sample) => ({ ...sample, offset: 0 })), { columns: 1e9, own: 1 });
    const weight = samples.reduce((sum, sample) => sum + sample.weight, 0);
    const rate = samples.reduce((sum, sample) => sum + sample.weight * sample.target, 0) / weight;
    expect(1 / (1 + Math.exp(-intercept))).toBeCloseTo(rate, 6);
  });

  it('finds what a feature of the samples themselves counts, as far as the prior lets it', () => {
    const { X, samples } = problem(4, 40_000);
    const rng = createRng(5);
    const own = samples.map((sample) => {
      const feature = rng.normal();
      const z = sample.offset + 0.7 * feature - 1;
      return { ...sample, own: feature, scale: 0, target: Number(rng.next() < 1 / (1 + Math.exp(-z))), weight: 1 };
    });
    expect(fitLogistic(X, own, { columns: 1, own: 1 }).own).toBeCloseTo(0.7, 1);
    expect(Math.abs(fitLogistic(X, own, { columns: 1, own: 1e9 }).own)).toBeLessThan(1e-3);
    expect(fitLogistic(X, samples, { columns: 1, own: 1 }).own).toBe(0);
  });

  it('refuses no samples, and a prior that is none', () => {
    const { X, samples } = problem(1, 5);
    expect(() => fitLogistic(X, [], { columns: 1, own: 1 })).toThrow(/at least one sample/);
    expect(() => fitLogistic(X, samples, { columns: 0, own: 1 })).toThrow(/precision must be above 0/);
  });
});
