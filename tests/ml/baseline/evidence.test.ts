import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import { fitAtStrengths } from '../../../src/ml/baseline/average-strengths';
import { EVIDENCE_ROWS, logEvidence } from '../../../src/ml/baseline/evidence';
import { fitLogistic, type LogisticSample } from '../../../src/ml/baseline/logistic';
import type { SparseMatrix } from '../../../src/ml/baseline/sparse';

/** Every row is a mix of two features whose true coefficients are given. */
function problem(seed: number, truth: readonly [number, number], count: number): { X: SparseMatrix; samples: LogisticSample[] } {
  const rng = createRng(seed);
  const rows = 8;
  const values = Float64Array.from({ length: 2 * rows }, () => rng.normal());
  const X: SparseMatrix = { rows, columns: 2, starts: Int32Array.from({ length: rows + 1 }, (_, i) => 2 * i), indices: Int32Array.from({ length: 2 * rows }, (_, k) => k % 2), values };
  const samples = Array.from({ length: count }, (): LogisticSample => {
    const row = rng.int(rows);
    const offset = rng.normal();
    const z = offset + 0.7 * (truth[0] * values[2 * row]! + truth[1] * values[2 * row + 1]!);
    return { row, offset, scale: 0.7, target: Number(rng.next() < 1 / (1 + Math.exp(-z))), weight: 1 };
  });
  return { X, samples };
}

/** The evidence, summed over a grid of both coefficients; of normal priors alone the root of the precision is theirs. */
function summed({ X, samples }: ReturnType<typeof problem>, precision: number, intercept: number): number {
  const step = 0.05;
  let sum = 0;
  for (let a = -6; a <= 6; a += step) for (let b = -6; b <= 6; b += step) {
    let log = -(precision / 2) * (a * a + b * b) + Math.log(precision / (2 * Math.PI));
    for (const { row, offset, scale, target } of samples) {
      const z = offset + scale * (a * X.values[2 * row]! + b * X.values[2 * row + 1]!) + intercept;
      log -= Math.log(1 + Math.exp(z)) - target * z;
    }
    sum += Math.exp(log) * step * step;
  }
  return Math.log(sum);
}

describe('the evidence for a prior', () => {
  it('is that of the sum over all coefficients, nearly', () => {
    for (const [seed, precision] of [[1, 0.5], [2, 2], [3, 8]] as const) {
      const given = problem(seed, [1, -0.5], 60);
      const fit = fitLogistic(given.X, given.samples, { columns: precision, own: 1 });
      expect(logEvidence(given.X, given.samples, precision, fit)).toBeCloseTo(summed(given, precision, fit.intercept), 1);
    }
  });
});

describe('a fit under priors of several strengths', () => {
  const PRECISION = { columns: 0.2, own: 1 };
  const STRENGTHS = [1, 10, 100];
  const size = (values: Float64Array): number => Math.hypot(...values);

  it('lies between the weakest and the strongest, whatever the samples', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.double({ min: -2, max: 2, noNaN: true }), (seed, truth) => {
        const { X, samples } = problem(seed, [truth, 0], 80);
        const [weak, strong] = [1, 100].map((strength) => size(fitLogistic(X, samples, { columns: strength * PRECISION.columns, own: 1 }).coefficients));
        const mean = size(fitAtStrengths(X, samples, PRECISION, STRENGTHS).coefficients);
        expect(mean).toBeLessThanOrEqual(weak! + 1e-9);
        expect(mean).toBeGreaterThan(0.9 * strong! - 1e-9);
      }),
      { numRuns: 30 },
    );
  });

  it('stays close to the prior where that explains the samples, and is held back by nothing where it does not', () => {
    const nearness = (truth: readonly [number, number]): number => {
      const shares = [1, 2, 3, 4, 5, 6].map((seed) => {
        const { X, samples } = problem(seed, truth, 150);
        return size(fitAtStrengths(X, samples, PRECISION, STRENGTHS).coefficients) / size(fitLogistic(X, samples, PRECISION).coefficients);
      });
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    };
    expect(nearness([0, 0])).toBeLessThan(0.7);
    expect(nearness([2, -2])).toBeGreaterThan(0.95);
  });

  it('goes by the weakest alone where there are more rows than the evidence is worth', () => {
    const { X, samples } = problem(1, [1, 1], 60);
    const rows = EVIDENCE_ROWS + 1;
    const many = { ...X, rows, starts: Int32Array.from({ length: rows + 1 }, (_, i) => Math.min(2 * i, X.values.length)) };
    expect(fitAtStrengths(many, samples, PRECISION, STRENGTHS)).toEqual(fitLogistic(many, samples, PRECISION));
  });
});
