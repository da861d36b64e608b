import fc from 'fast-check';
import { createRng } from '../../../../src/base/rng';
import { crossFitFolds } from '../../../../src/ml/bandit/off-policy/cross-fit';
import { itemMeans } from '../../../../src/ml/bandit/off-policy/item-means';
import { fitRewards } from '../../../../src/ml/bandit/off-policy/reward-model';

const all = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, i) => i);
const everyAction = (rows: number, count: number) => ({
  starts: Int32Array.from({ length: rows + 1 }, (_, i) => i * count),
  actions: Int32Array.from({ length: rows * count }, (_, k) => k % count),
  probabilities: new Float64Array(rows * count).fill(1 / count),
});

test('every row is scored once, by a fold that was fitted on all the others and never on it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 2, max: 10 }), fc.integer(), (rows, wanted, seed) => {
      const folds = crossFitFolds(rows, Math.min(wanted, rows), createRng(seed));
      expect(folds.flatMap(({ scored }) => [...scored]).sort((a, b) => a - b)).toEqual([...all(rows)]);
      for (const { fitted, scored } of folds) expect(new Set([...fitted, ...scored]).size === rows && fitted.length + scored.length === rows).toBe(true);
    }),
  );
});

test("a row's own reward never moves its own prediction", () => {
  const rng = createRng(3);
  const rows = 40;
  const actions = Int32Array.from({ length: rows }, () => rng.int(3));
  const rewards = Float64Array.from({ length: rows }, () => rng.normal());
  const context = { rows, columns: 1, starts: Int32Array.from({ length: rows + 1 }, (_, i) => i), indices: new Int32Array(rows), values: Float64Array.from({ length: rows }, () => rng.normal()) };
  const folds = crossFitFolds(rows, 4, rng);
  const before = fitRewards({ actions, rewards }, 3, context, folds).predict(everyAction(rows, 3));
  for (const row of [0, 17, 39]) {
    const after = fitRewards({ actions, rewards: rewards.map((reward, i) => (i === row ? 100 : reward)) }, 3, context, folds).predict(everyAction(rows, 3));
    expect(after.slice(row * 3, row * 3 + 3)).toEqual(before.slice(row * 3, row * 3 + 3));
    expect(after).not.toEqual(before);
  }
});

test('means are drawn to the mean of all: wholly when actions differ by no more than chance, hardly when they differ much', () => {
  const alike = itemMeans(Int32Array.of(0, 0, 1, 1), Float64Array.of(0, 1, 0, 1), 2, all(4));
  expect([...alike]).toEqual([0.5, 0.5]);
  const rng = createRng(1);
  const actions = Int32Array.from({ length: 2000 }, (_, i) => i % 2);
  const apart = itemMeans(actions, Float64Array.from(actions, (a) => 5 * a + rng.normal()), 3, all(2000));
  expect(apart[0]!).toBeCloseTo(0, 0);
  expect(apart[1]!).toBeCloseTo(5, 0);
  // Never shown: nothing is known but the mean of all.
  expect(apart[2]!).toBeCloseTo(2.5, 0);
});

test('shrinkage is the credibility formula, by hand', () => {
  // Means 1 and 5 of three rows each, 3 over all. Within: 4 squares over 4 degrees of freedom = 1. Between: (24 - 1) / (6 - 3).
  const means = itemMeans(Int32Array.of(0, 0, 0, 1, 1, 1), Float64Array.of(0, 1, 2, 4, 5, 6), 2, all(6));
  const strength = 1 / (23 / 3);
  expect(means[0]!).toBeCloseTo((3 + strength * 3) / (3 + strength), 12);
  expect(means[1]!).toBeCloseTo((15 + strength * 3) / (3 + strength), 12);
});

test('a context that matters is learned; one that does not leaves predictions near the means', () => {
  const rng = createRng(8);
  const rows = 3000;
  const values = Float64Array.from({ length: rows }, () => rng.normal());
  const context = { rows, columns: 1, starts: Int32Array.from({ length: rows + 1 }, (_, i) => i), indices: new Int32Array(rows), values };
  const actions = Int32Array.from({ length: rows }, () => rng.int(2));
  const folds = crossFitFolds(rows, 5, rng);
  const noise = Float64Array.from({ length: rows }, () => rng.normal());
  const slope = (rewards: Float64Array): number => {
    const predictions = fitRewards({ actions, rewards }, 2, context, folds).predict(everyAction(rows, 2));
    let [top, bottom] = [0, 0];
    for (let i = 0; i < rows; i++) {
      top += values[i]! * predictions[2 * i]!;
      bottom += values[i]! ** 2;
    }
    return top / bottom;
  };
  expect(slope(noise.map((each, i) => each + 2 * values[i]!))).toBeCloseTo(2, 0);
  expect(Math.abs(slope(noise))).toBeLessThan(0.1);
});
