import fc from 'fast-check';
import { createRng } from '../../../../src/base/rng';
import type { Candidate } from '../../../../src/ml/bandit/policy/candidate';
import { choiceProbabilities } from '../../../../src/ml/bandit/policy/choice-probabilities';
import { fastNormalCdf } from '../../../../src/ml/bandit/policy/fast-normal';
import { normalCdf } from '../../../../src/ml/metrics/normal';
import { sigmoid } from '../../../../src/ml/metrics/samples';

const of = (gain: number, logit: number, mean: number, deviation: number): Candidate => ({ gain, logit, offset: { mean, deviation } });
const sum = (p: Float64Array): number => p.reduce((a, b) => a + b, 0);

const candidate = fc.record({
  gain: fc.oneof(fc.constantFrom(0, 1, 1, 2), fc.double({ min: -3, max: 3, noNaN: true })),
  logit: fc.double({ min: -8, max: 3, noNaN: true }),
  offset: fc.record({ mean: fc.double({ min: -1, max: 1, noNaN: true }), deviation: fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 2, noNaN: true })) }),
});
const candidates = fc.array(candidate, { minLength: 1, maxLength: 12 });

/** How often each is the best of so many draws. */
function drawn(list: readonly Candidate[], draws: number): number[] {
  const rng = createRng(11);
  const wins = list.map(() => 0);
  for (let k = 0; k < draws; k++) {
    let [best, place] = [-Infinity, 0];
    list.forEach(({ gain, logit, offset }, i) => {
      const value = gain * sigmoid(logit + offset.mean + offset.deviation * rng.normal());
      if (value > best) [best, place] = [value, i];
    });
    wins[place]!++;
  }
  return wins.map((w) => w / draws);
}

describe('the probability that each candidate is the best', () => {
  test.each([
    ['one gain', 200_000, [of(1, -4, 0, 0.3), of(1, -4.1, 0.2, 0.1), of(1, -4.5, 0, 0.8)]],
    ['several gains', 1_000_000, [of(1, -4, 0, 0.3), of(2, -4.8, 0, 0.4), of(0.2, -1, 0, 1)]],
    ['gains that certainty bounds', 200_000, [of(1, 1, 0, 1), of(2, -0.5, 0, 0.5), of(0.5, 4, 0, 2)]],
    ['losses alone', 200_000, [of(-1, -4, 0, 0.3), of(-2, -4.8, 0, 0.4), of(-0.2, -1, 0, 1)]],
    ['one that is certain', 200_000, [of(1, -4, 0, 0), of(1, -4.2, 0, 0.4), of(1.5, -4.6, 0, 0.2)]],
    ['one of which nothing is known', 200_000, [of(1, -4, 0, 6), of(1, -3, 0, 0.3)]],
    ['gains that bound what nothing is known of', 200_000, [of(0.74, -11, 0, 3.5), of(0.43, -12, 0, 27)]],
    ['losses that nothing is known of', 200_000, [of(-0.74, -4, 0, 9), of(-0.43, -3, 0, 20), of(-1, -5, 0, 0.1)]],
    ['some that are a billion times surer', 200_000, [of(0.8, -3.2, 0, 3), of(0.34, -3, 0, 0.5), of(0.5, -3.4, 0, 1e-9), of(0.39, -2.8, 0, 1e-9)]],
  ])('is what draws say: %s, %d of them', (_, draws, list) => {
    const p = choiceProbabilities(list);
    drawn(list, draws).forEach((share, i) => expect(Math.abs(p[i]! - share)).toBeLessThan(5 * Math.sqrt((p[i]! * (1 - p[i]!)) / draws) + 1e-9));
  });

  test('of two with one gain is the normal CDF of their distance', () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: 0.01, max: 20, noNaN: true }), fc.double({ min: 0.01, max: 2, noNaN: true }), (gap, a, b) => {
        expect(choiceProbabilities([of(3, -4, gap, a), of(3, -4, 0, b)])[0]).toBeCloseTo(normalCdf(gap / Math.hypot(a, b)), 7);
      }),
    );
  });

  test('sums to 1, is never negative, and does not depend on the order', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const p = choiceProbabilities(list);
        expect(sum(p)).toBeCloseTo(1, 12);
        expect(Math.min(...p)).toBeGreaterThanOrEqual(0);
        const reversed = choiceProbabilities([...list].reverse());
        expect(Math.max(...p.map((x, i) => Math.abs(reversed[list.length - 1 - i]! - x)))).toBeLessThan(1e-8);
      }),
    );
  });

  test('rises with the mean and with the gain of what is good', () => {
    fc.assert(
      fc.property(candidates, fc.nat(), fc.double({ min: 0.001, max: 1, noNaN: true }), (list, pick, more) => {
        const i = pick % list.length;
        const c = list[i]!;
        const before = choiceProbabilities(list)[i]!;
        const change = (changed: Candidate): number => choiceProbabilities(list.map((each, j) => (j === i ? changed : each)))[i]!;
        const up = Math.sign(c.gain) * more;
        expect(change(of(c.gain, c.logit, c.offset.mean + up, c.offset.deviation))).toBeGreaterThanOrEqual(before - 1e-8);
        expect(change(of(c.gain + more, c.logit, c.offset.mean, c.offset.deviation))).toBeGreaterThanOrEqual(before - 1e-8);
      }),
    );
  });

  test('depends on logit and mean by their sum, and on gains by their ratios', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const p = choiceProbabilities(list);
        const moved = choiceProbabilities(list.map((c) => of(c.gain * 1000, c.logit + 0.25, c.offset.mean - 0.25, c.offset.deviation)));
        expect(Math.max(...p.map((x, i) => Math.abs(moved[i]! - x)))).toBeLessThan(1e-7);
      }),
    );
  });

  test('is even among equals, uncertain or certain, one to a hundred', () => {
    for (const deviation of [0, 0.3]) {
      for (const K of [1, 2, 100]) {
        for (const gain of [1, 0, -1]) {
          choiceProbabilities(Array.from({ length: K }, () => of(gain, -4, 0, deviation))).forEach((p) => expect(p).toBeCloseTo(1 / K, 12));
        }
      }
    }
  });

  test('is 0 for what is worth nothing or less beside something that is worth more', () => {
    expect(Array.from(choiceProbabilities([of(0, 5, 0, 1), of(0.001, -9, 0, 1), of(-1, -9, 0, 1)]))).toEqual([0, 1, 0]);
    expect(Array.from(choiceProbabilities([of(0, 5, 0, 1), of(-1, -9, 0, 1), of(0, -5, 0, 1)]))).toEqual([0.5, 0, 0.5]);
  });

  test('finds a candidate that is a million times surer than the others', () => {
    const list = [of(1, -4, 0.1, 1e-6), of(1, -4, 0, 0.5), of(1, -4, -0.1, 1)];
    expect(choiceProbabilities(list)[0]).toBeCloseTo(normalCdf(0.1 / 0.5) * normalCdf(0.2 / 1), 5);
  });

  test('stays finite at log-odds and deviations that nobody believes', () => {
    for (const list of [
      [of(1, 1e6, 0, 1), of(2, -1e6, 0, 1)],
      [of(1, 0, 0, 1e6), of(1, 0, 0, 1e-12)],
      [of(5e-324, 0, 0, 1), of(1, 0, 0, 1e-300), of(1, 700, 0, 1e9)],
      [of(1e-300, 0, 0, 1), of(1e300, 0, 0, 1)],
      [of(-1, 50, 0, 3), of(-1.5, -50, 0, 3)],
    ]) {
      const p = choiceProbabilities(list);
      expect([...p].every((x) => x >= 0 && x <= 1)).toBe(true);
      expect(sum(p)).toBeCloseTo(1, 12);
    }
  });
});

test('the fast normal distribution is the exact one to 1e-14', () => {
  const errors = Array.from({ length: 4_001 }, (_, i) => (i - 2_000) / 50).map((z) => Math.abs(fastNormalCdf(z, Math.exp(-0.5 * z * z)) - normalCdf(z)));
  expect(Math.max(...errors)).toBeLessThan(1e-14);
});
