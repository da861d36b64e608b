import fc from 'fast-check';
import { auc, groupedAuc } from '../../../src/ml/metrics/auc';
import { normalCdf, twoSidedP } from '../../../src/ml/metrics/normal';
import { pairAccuracy, twoProportionZ } from '../../../src/ml/metrics/pair-accuracy';
import reference from '../../fixtures/reference/metrics.json';

const sample = fc.record({ score: fc.integer({ min: -4, max: 4 }), label: fc.constantFrom(0, 1), weight: fc.integer({ min: 1, max: 5 }) });
const samples = fc.array(sample, { minLength: 2, maxLength: 30 }).filter((rows) => new Set(rows.map((row) => row.label)).size === 2);

describe('AUC', () => {
  it('counts won pairs by hand: 3.5 of 6', () => {
    // Positives 0.8 and 0.4, negatives 0.1, 0.4 and 0.9: 0.8 wins two, 0.4 wins one and ties one.
    expect(auc([0.8, 0.4, 0.1, 0.4, 0.9], [1, 1, 0, 0, 0])).toBeCloseTo(3.5 / 6, 12);
  });

  it("equals scikit-learn's, plain and weighted", () => {
    expect(auc(reference.scores, reference.labels)).toBeCloseTo(reference.plain.auc, 12);
    expect(auc(reference.scores, reference.labels, reference.weights)).toBeCloseTo(reference.weighted.auc, 12);
  });

  it('is the share of pairs won, turns round with the scores, and ignores any rising change of them', () => {
    fc.assert(
      fc.property(samples, (rows) => {
        const [s, y, w] = [rows.map((r) => r.score), rows.map((r) => r.label), rows.map((r) => r.weight)];
        let won = 0;
        let all = 0;
        for (const p of rows.filter((r) => r.label === 1)) {
          for (const n of rows.filter((r) => r.label === 0)) {
            all += p.weight * n.weight;
            won += p.weight * n.weight * (p.score > n.score ? 1 : p.score === n.score ? 0.5 : 0);
          }
        }
        expect(auc(s, y, w)).toBeCloseTo(won / all, 10);
        expect(auc(s.map((x) => -x), y, w)).toBeCloseTo(1 - won / all, 10);
        expect(auc(s.map((x) => Math.exp(x) + 3), y, w)).toBeCloseTo(won / all, 10);
      }),
    );
  });

  it('takes a click rate with its impressions as so many ones and noughts', () => {
    const rates = auc([1, 2, 3], [0.25, 0.5, 1], [4, 2, 3]);
    expect(rates).toBeCloseTo(auc([1, 1, 1, 1, 2, 2, 3, 3, 3], [1, 0, 0, 0, 1, 0, 1, 1, 1]), 12);
  });

  it('does not exist with one class; refuses rows that do not match and numbers that are none', () => {
    expect(auc([1, 2], [1, 1])).toBeNaN();
    expect(() => auc([1], [1, 0])).toThrow('1 predictions need 1 labels, 2 came.');
    expect(() => auc([NaN, 1], [1, 0])).toThrow('Prediction 0 is NaN');
    expect(() => auc([0, 1], [1, 2])).toThrow('Label 1 is 2; it must lie between 0 and 1.');
    expect(() => auc([0, 1], [1, 0], [1, -1])).toThrow('Weight 1 is -1');
    expect(() => auc([], [])).toThrow('at least one sample');
  });

  it('per group is the mean over groups that have both classes', () => {
    const result = groupedAuc(['a', 'a', 'b', 'b', 'b', 'c'], [1, 2, 1, 2, 3, 9], [0, 1, 0, 1, 0, 1]);
    expect(result).toEqual({ mean: 0.75, standardError: 0.25, groups: 2, skipped: 1 });
  });
});

describe('the normal distribution', () => {
  it('gives the tabled values, far tails too', () => {
    // Abramowitz and Stegun, table 26.1 and 26.2; the tail at -10 is 7.6198530241605e-24.
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 14);
    expect(normalCdf(-1.959963984540054)).toBeCloseTo(0.025, 14);
    expect(normalCdf(-3) / 0.001349898031630095).toBeCloseTo(1, 12);
    expect(normalCdf(-10) / 7.61985302416053e-24).toBeCloseTo(1, 12);
    expect(twoSidedP(2.5758293035489004)).toBeCloseTo(0.01, 13);
  });

  it('rises and is symmetric', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }), (z, step) => {
        expect(normalCdf(z) + normalCdf(-z)).toBeCloseTo(1, 13);
        expect(normalCdf(z + step)).toBeGreaterThanOrEqual(normalCdf(z) - 1e-15);
      }),
    );
  });
});

describe('pair accuracy', () => {
  const arm = (group: string, score: number, clicks: number, impressions = 1000) => ({ group, score, clicks, impressions });

  it('has the z of two proportions: 60 and 40 of 1000 differ by 2.052', () => {
    // p = 0.05, standard error sqrt(0.05 x 0.95 x 0.002) = 0.0097468, 0.02 / 0.0097468.
    expect(twoProportionZ(60, 1000, 40, 1000)).toBeCloseTo(2.0519567, 6);
    expect(twoProportionZ(40, 1000, 60, 1000)).toBeCloseTo(-2.0519567, 6);
    expect(twoProportionZ(0, 10, 0, 20)).toBe(0);
    expect(() => twoProportionZ(11, 10, 0, 20)).toThrow('11 of 10 came');
  });

  it('counts pairs within a group, all and those that differ by more than chance', () => {
    const arms = [arm('a', 0.9, 60), arm('a', 0.5, 40), arm('a', 0.7, 41), arm('b', 0.1, 50), arm('b', 0.1, 90), arm('b', 0.2, 50)];
    // Group a: 60>40 right (p = 0.040), 60>41 right (p = 0.052), 40<41 right.
    // Group b: 50<90 a tie in score, 50=50 no pair, 90>50 wrong; both p < 0.001.
    expect(pairAccuracy(arms)).toEqual([
      { below: 1, pairs: 5, accuracy: 3.5 / 5 },
      { below: 0.05, pairs: 3, accuracy: 1.5 / 3 },
      { below: 0.01, pairs: 2, accuracy: 0.25 },
    ]);
  });

  it('is 1 for scores that are the rates, and turns round with them', () => {
    const clicks = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 8 }).filter((list) => new Set(list).size > 1);
    fc.assert(
      fc.property(clicks, (list) => {
        expect(pairAccuracy(list.map((k) => arm('t', k, k)))[0]!.accuracy).toBe(1);
        expect(pairAccuracy(list.map((k) => arm('t', -k, k)))[0]!.accuracy).toBe(0);
      }),
    );
    expect(pairAccuracy([arm('a', 1, 1)])[0]!.accuracy).toBeNaN();
    expect(() => pairAccuracy([arm('a', NaN, 1)])).toThrow('the score NaN');
  });
});
