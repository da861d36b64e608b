import fc from 'fast-check';
import { calibrationError } from '../../../src/ml/metrics/ece';
import { logLoss, logLossOfLogits } from '../../../src/ml/metrics/log-loss';
import { predictedOverObserved } from '../../../src/ml/metrics/predicted-over-observed';
import { sigmoid } from '../../../src/ml/metrics/samples';
import reference from '../../fixtures/reference/metrics.json';

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const rows = fc.array(fc.record({ p: probability, y: fc.constantFrom(0, 1, 0.5), w: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 40 });
const columns = (list: { p: number; y: number; w: number }[]) => [list.map((r) => r.p), list.map((r) => r.y), list.map((r) => r.w)] as const;

describe('log loss', () => {
  it('is ln 2 for a coin, and by hand for two samples', () => {
    expect(logLoss([0.5, 0.5], [1, 0])).toBeCloseTo(Math.LN2, 15);
    expect(logLoss([0.8, 0.1], [1, 0], [3, 1])).toBeCloseTo(-(3 * Math.log(0.8) + Math.log(0.9)) / 4, 15);
    expect(logLoss([1], [0])).toBeCloseTo(34.54, 2);
  });

  it("equals scikit-learn's, plain and weighted, from logits too", () => {
    const p = reference.scores.map(sigmoid);
    expect(logLoss(p, reference.labels)).toBeCloseTo(reference.plain.logLoss, 12);
    expect(logLoss(p, reference.labels, reference.weights)).toBeCloseTo(reference.weighted.logLoss, 12);
    expect(logLossOfLogits(reference.scores, reference.labels, reference.weights)).toBeCloseTo(reference.weighted.logLoss, 12);
    expect(logLossOfLogits([800, -800], [0, 0])).toBeCloseTo(400, 10);
  });

  it('is nowhere lower than at the mean, for a constant', () => {
    fc.assert(
      fc.property(rows, probability, (list, constant) => {
        const [, y, w] = columns(list);
        const mean = y.reduce((sum, label, i) => sum + w[i]! * label, 0) / w.reduce((sum, weight) => sum + weight, 0);
        expect(logLoss(y.map(() => constant), y, w)).toBeGreaterThanOrEqual(logLoss(y.map(() => mean), y, w) - 1e-9);
      }),
    );
  });

  it('refuses logits in place of probabilities', () => {
    expect(() => logLoss([1.2], [1])).toThrow('Probability 0 is 1.2; it must lie between 0 and 1.');
  });
});

describe('calibration error', () => {
  it('by hand: two bins of equal mass', () => {
    const { ece, maximum, bins } = calibrationError([0.1, 0.2, 0.6, 0.8], [0, 1, 1, 1], { bins: 2 });
    // Predicted 0.15 and 0.7, observed 0.5 and 1.
    expect(bins.map((bin) => bin.share)).toEqual([0.5, 0.5]);
    expect(ece).toBeCloseTo(0.5 * 0.35 + 0.5 * 0.3, 12);
    expect(maximum).toBeCloseTo(0.35, 12);
  });

  it('by hand: bins of equal width, weighted', () => {
    const { ece } = calibrationError([0.1, 0.2, 0.6, 1], [0, 1, 1, 0], { bins: 2, binning: 'equal-width', weights: [1, 1, 1, 3] });
    // Low: predicted 0.15, observed 0.5, share 1/3. High: (0.6 + 3) / 4 = 0.9, observed 0.25, share 2/3.
    expect(ece).toBeCloseTo(0.35 / 3 + (2 * 0.65) / 3, 12);
  });

  it('bunched click rates fill all bins of equal mass, and one of equal width', () => {
    const p = Array.from({ length: 1000 }, (_, i) => 0.01 + i / 1e6);
    expect(calibrationError(p, p, { bins: 10 }).bins).toHaveLength(10);
    expect(calibrationError(p, p, { bins: 10, binning: 'equal-width' }).bins).toHaveLength(1);
  });

  it('is 0 where labels are the probabilities, never above 1, the same in any order, and one bin is the gap of the means', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom('equal-mass' as const, 'equal-width' as const), (list, binning) => {
        const [p, y, w] = columns(list);
        expect(calibrationError(p, p, { weights: w, binning }).ece).toBeCloseTo(0, 12);
        const { ece, maximum, bins } = calibrationError(p, y, { weights: w, binning });
        expect(ece).toBeLessThanOrEqual(maximum + 1e-12);
        expect(maximum).toBeLessThanOrEqual(1 + 1e-12);
        expect(bins.reduce((sum, bin) => sum + bin.share, 0)).toBeCloseTo(1, 12);
        const [rp, ry, rw] = columns([...list].reverse());
        expect(calibrationError(rp, ry, { weights: rw, binning }).ece).toBeCloseTo(ece, 12);
        const total = w.reduce((sum, x) => sum + x, 0);
        const gap = Math.abs(list.reduce((sum, r) => sum + r.w * (r.p - r.y), 0)) / total;
        expect(calibrationError(p, y, { weights: w, bins: 1 }).ece).toBeCloseTo(gap, 12);
      }),
    );
    expect(() => calibrationError([0.5], [1], { bins: 0 })).toThrow('at least 1, not 0');
  });
});

describe('predicted over observed', () => {
  it('is 1.2 where a fifth too many clicks are promised', () => {
    expect(predictedOverObserved([0.3, 0.3], [0.5, 0], [10, 10])).toBeCloseTo(1.2, 12);
    expect(predictedOverObserved([0.3], [0])).toBe(Infinity);
  });
});
