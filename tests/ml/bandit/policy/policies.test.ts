import fc from 'fast-check';
import { createRng } from '../../../../src/base/rng';
import { expectedValue, meanProbability, type Candidate } from '../../../../src/ml/bandit/policy/candidate';
import { choiceProbabilities } from '../../../../src/ml/bandit/policy/choice-probabilities';
import { choose, withFloor } from '../../../../src/ml/bandit/policy/choose';
import { greedyByModel, greedyByPosterior, thompsonWithAnEnd, uniform, upperBound, type Policy } from '../../../../src/ml/bandit/policy/policies';
import { sigmoid } from '../../../../src/ml/metrics/samples';

const of = (gain: number, logit: number, mean: number, deviation: number): Candidate => ({ gain, logit, offset: { mean, deviation } });
const policies: [string, Policy][] = [
  ['uniform', uniform],
  ['greedy by the model', greedyByModel],
  ['greedy by the posterior', greedyByPosterior],
  ['upper bound', upperBound(1.645)],
  ['Thompson', (list) => thompsonWithAnEnd(list.map((each) => ({ ...each, toLearnFrom: 1_000 })))],
];
const candidates = fc.array(
  fc.record({
    gain: fc.double({ min: -1, max: 3, noNaN: true }),
    logit: fc.double({ min: -8, max: 2, noNaN: true }),
    offset: fc.record({ mean: fc.double({ min: -1, max: 1, noNaN: true }), deviation: fc.double({ min: 0, max: 1, noNaN: true }) }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe.each(policies)('%s', (_, policy) => {
  test('gives probabilities of sum 1', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const p = policy(list);
        expect(p).toHaveLength(list.length);
        expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        expect(Math.min(...p)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('refuses no candidates, and numbers that are none', () => {
    expect(() => policy([])).toThrow('A choice needs at least one candidate; none came.');
    expect(() => policy([of(1, 0, 0, 1), of(NaN, 0, 0, 1)])).toThrow('Candidate 1 has gain NaN; it must be a finite number.');
    expect(() => policy([of(1, 0, 0, -1)])).toThrow('offset.deviation -1; it must be a finite number, not negative');
  });
});

test('each policy looks at what it is named after', () => {
  const list = [of(1, -4, 0, 0.1), of(1, -4.5, 0.8, 0.2), of(1, -4.6, 0.2, 1.5)];
  expect(Array.from(greedyByModel(list))).toEqual([1, 0, 0]);
  expect(Array.from(upperBound(0)(list))).toEqual([0, 1, 0]);
  expect(Array.from(upperBound(1.645)(list))).toEqual([0, 0, 1]);
  // A wide belief is worth more than its middle: probabilities are skewed.
  expect(expectedValue(list[2]!)).toBeGreaterThan(expectedValue(list[1]!));
  expect(Array.from(greedyByPosterior(list))).toEqual([0, 0, 1]);
});

test('the mean probability is what 200,000 draws say', () => {
  for (const [mean, deviation] of [[-4, 0.3], [-4, 1.5], [0.5, 6]] as const) {
    const rng = createRng(2);
    let [sum, squares] = [0, 0];
    for (let k = 0; k < 200_000; k++) {
      const p = sigmoid(mean + deviation * rng.normal());
      sum += p;
      squares += p * p;
    }
    const error = Math.sqrt((squares / 2e5 - (sum / 2e5) ** 2) / 2e5);
    expect(Math.abs(meanProbability(mean, deviation) - sum / 2e5)).toBeLessThan(5 * error);
  }
  expect(meanProbability(-4, 0)).toBe(sigmoid(-4));
  // Of a billion deviations it is as soon known as of one, and no jump parts both ways of knowing it.
  expect(meanProbability(1e9, 1e9)).toBeCloseTo(0.841344746068543, 7);
  expect(Math.abs(meanProbability(9_999, 9_999) - meanProbability(10_001, 10_001))).toBeLessThan(1e-8);
});

describe('a floor', () => {
  test('leaves each candidate at least that much, keeps the order, and becomes uniform where it must', () => {
    fc.assert(
      fc.property(candidates, fc.double({ min: 0, max: 1, noNaN: true }), (list, floor) => {
        const p = choiceProbabilities(list);
        const mixed = withFloor(p, floor);
        expect(mixed.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        expect(Math.min(...mixed)).toBeGreaterThanOrEqual(Math.min(floor, 1 / list.length));
        expect(mixed.every((x, i) => mixed.every((y, j) => p[i]! <= p[j]! || x >= y))).toBe(true);
      }),
    );
    expect(Array.from(withFloor([0.9, 0.1], 0.1))).toEqual([expect.closeTo(0.82), expect.closeTo(0.18)]);
    expect(Array.from(withFloor([0.9, 0.1], 0.6))).toEqual([0.5, 0.5]);
    expect(() => withFloor([1], -0.1)).toThrow('The floor is -0.1; it must lie between 0 and 1.');
  });
});

describe('a choice', () => {
  test('comes as often as its propensity says', () => {
    const p = [0.5, 0, 0.3, 0.2];
    const rng = createRng(7);
    const seen = p.map(() => 0);
    for (let k = 0; k < 100_000; k++) {
      const { index, propensity } = choose(p, rng);
      if (propensity !== p[index]) throw new Error(`propensity ${propensity} of choice ${index}`);
      seen[index]!++;
    }
    seen.forEach((count, i) => expect(Math.abs(count / 1e5 - p[i]!)).toBeLessThan(0.008));
    expect(seen[1]).toBe(0);
  });

  test('never falls beside probabilities that rounding left below 1', () => {
    const last = { ...createRng(1), next: () => 1 - 2 ** -32 };
    expect(choose([0.1, 0.9 - 1e-9, 0], last)).toEqual({ index: 1, propensity: 0.9 - 1e-9 });
    expect(() => choose([0, 0], last)).toThrow('needs a probability above 0');
    expect(() => choose([NaN, 1], last)).toThrow('Probability 0 is NaN');
  });
});

test('Thompson sampling goes by the belief where there is no end, and by its mean at the end', () => {
  const list = [of(1, -4, 0, 0.3), of(1, -4.2, 0.1, 0.5), of(1, -3.9, 0, 0.1)];
  const within = (toLearnFrom: number): number[] => Array.from(thompsonWithAnEnd(list.map((each) => ({ ...each, toLearnFrom }))));
  expect(within(Infinity)).toEqual(Array.from(choiceProbabilities(list)));
  expect(within(1e12)).toEqual(within(Infinity).map((p) => expect.closeTo(p, 6)));
  expect(within(0)).toEqual([0, 0, 1]);
  const best = [0, 30, 300, 3_000, 30_000].map((toLearnFrom) => within(toLearnFrom)[2]!);
  expect(best).toEqual(best.toSorted((a, b) => b - a));
});
