import fc from 'fast-check';
import { applyCalibration, formatCalibration, parseCalibration } from '../../../src/ml/metrics/calibration';
import { applyIsotonic, fitIsotonic } from '../../../src/ml/metrics/isotonic';
import { predictedOverObserved } from '../../../src/ml/metrics/predicted-over-observed';
import { fitPlatt } from '../../../src/ml/metrics/platt';
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
    grid.forEach((score, i) => expect(applyCalibration(fit, score)).toBeCloseTo(theirs.platt.grid[i]!, 4));
  });

  it('without smoothing predicts as many clicks as there were, whatever the scale of the scores', () => {
    for (const scale of [1, 1e-6, 1e6]) {
      const fit = fitPlatt(scores.map((s) => s * scale), labels, { weights: reference.weights, smooth: false });
      const p = scores.map((s) => applyCalibration(fit, s * scale));
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
    expect(applyCalibration(apart, 2)).toBeGreaterThan(0.7);
    expect(applyCalibration(apart, -2)).toBeLessThan(0.3);
  });
});

describe('isotonic regression', () => {
  it('pools by hand: 1, 3, 2, 4 becomes 1, 2.5, 2.5, 4 (in tenths)', () => {
    const fit = fitIsotonic([1, 2, 3, 4], [0.1, 0.3, 0.2, 0.4]);
    expect([1, 2, 3, 4].map((s) => Math.round(applyIsotonic(fit, s) * 1000))).toEqual([100, 250, 250, 400]);
    expect(applyIsotonic(fit, 3.5)).toBeCloseTo(0.325, 12);
    expect(applyIsotonic(fit, -9)).toBeCloseTo(0.1, 12);
    expect(applyIsotonic(fit, 99)).toBeCloseTo(0.4, 12);
  });

  it.each([
    ['plain', reference.plain, undefined],
    ['weighted', reference.weighted, reference.weights],
  ] as const)("equals scikit-learn's, %s", (_, theirs, weights) => {
    const fit = fitIsotonic(scores, labels, { weights });
    grid.forEach((score, i) => expect(applyCalibration(fit, score)).toBeCloseTo(theirs.isotonic[i]!, 10));
  });

  it('never falls, keeps the total, and no other rising curve through its steps is nearer', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const fit = fitIsotonic(list.map((r) => r.s), list.map((r) => r.y), { weights: list.map((r) => r.w) });
        for (let i = 1; i < fit.y.length; i++) expect(fit.y[i]!).toBeGreaterThanOrEqual(fit.y[i - 1]!);
        const sum = (f: (r: (typeof list)[number]) => number): number => list.reduce((total, r) => total + r.w * f(r), 0);
        expect(sum((r) => applyIsotonic(fit, r.s))).toBeCloseTo(sum((r) => r.y), 8);
        // The residual is at right angles to the fit: the mark of a projection onto a cone.
        expect(sum((r) => applyIsotonic(fit, r.s) * (r.y - applyIsotonic(fit, r.s)))).toBeCloseTo(0, 8);
      }),
    );
  });
});

describe('a saved calibration', () => {
  it('comes back as it was', () => {
    for (const fit of [fitPlatt(scores, labels), fitIsotonic(scores, labels)]) expect(parseCalibration(formatCalibration(fit))).toEqual(fit);
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['another kind', '{"kind":"beta"}'],
    ['a slope that is text', '{"kind":"platt","slope":"1","intercept":0}'],
    ['scores that fall', '{"kind":"isotonic","x":[2,1],"y":[0,1]}'],
    ['a curve that falls', '{"kind":"isotonic","x":[1,2],"y":[1,0]}'],
    ['a probability of 2', '{"kind":"isotonic","x":[1,2],"y":[0,2]}'],
    ['no points', '{"kind":"isotonic","x":[],"y":[]}'],
  ])('is refused with %s', (_, json) => {
    expect(() => parseCalibration(json)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID', field: 'calibration.json' }));
  });
});
