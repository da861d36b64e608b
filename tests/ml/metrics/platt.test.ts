import fc from 'fast-check';
import { applyPlatt, fitPlatt } from '../../../src/ml/metrics/platt';
import { predictedOverObserved } from '../../../src/ml/metrics/predicted-over-observed';
import reference from '../../fixtures/reference/metrics.json';

const rows = fc.array(fc.record({ s: fc.integer({ min: -20, max: 20 }), y: fc.constantFrom(0, 0.25, 1), w: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 40 });
const { scores, labels, grid } = reference;

describe('Platt scaling', () => {
  it.each([
    ['plain', reference.plain, undefined],
    ['weighted', reference.weighted, reference.weights],
  ] as const)("equals scikit-learn's, %s", (_, theirs, weights) => {
    const fit = fitPlatt(scores, labels, { weights });
    expect(fit.slope).toBeCloseTo(theirs.platt.slope, 4);
    expect(fit.intercept).toBeCloseTo(theirs.platt.intercept, 4);
    grid.forEach((score, i) => expect(applyPlatt(fit, score)).toBeCloseTo(theirs.platt.grid[i]!, 4));
  });

  it('without smoothing predicts as many clicks as there were, whatever the scale of the scores', () => {
    for (const scale of [1, 1e-6, 1e6]) {
      const fit = fitPlatt(scores.map((s) => s * scale), labels, { weights: reference.weights, smooth: false });
      const p = scores.map((s) => applyPlatt(fit, s * scale));
      expect(predictedOverObserved(p, labels, reference.weights)).toBeCloseTo(1, 8);
      expect(fit.slope * scale).toBeCloseTo(fitPlatt(scores, labels, { weights: reference.weights, smooth: false }).slope, 6);
    }
  });

  it('stays finite on anything: one row, one class, equal scores, classes apart', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const fit = fitPlatt(list.map((r) => r.s), list.map((r) => r.y), { weights: list.map((r) => r.w) });
        expect(Number.isFinite(fit.slope) && Number.isFinite(fit.intercept)).toBe(true);
      }),
    );
    const apart = fitPlatt([-2, -1, 1, 2], [0, 0, 1, 1]);
    expect(applyPlatt(apart, 2)).toBeGreaterThan(0.7);
    expect(applyPlatt(apart, -2)).toBeLessThan(0.3);
  });
});
