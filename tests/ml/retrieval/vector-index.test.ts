import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import type { SparseVector } from '../../../src/ml/retrieval/postings';
import type { Found, SearchGroup, Worth } from '../../../src/ml/retrieval/types';
import { VectorIndex } from '../../../src/ml/retrieval/vector-index';

const CALIBRATION = { slope: 0.6, intercept: -3 };
const WORTH: Worth = { base: 2, gain: 5, prior: { trials: 50, successes: 1 }, strength: 20 };

interface Row {
  key: string;
  group: string;
  vector: number[];
  /** Weights by feature. */
  sparse: number[];
  trials: number;
  successes: number;
}

const put = (index: VectorIndex, rows: readonly Row[]): void =>
  index.put({
    keys: rows.map((r) => r.key), groups: rows.map((r) => r.group), vectors: Float32Array.from(rows.flatMap((r) => r.vector)),
    trials: rows.map((r) => r.trials), successes: rows.map((r) => r.successes),
  }, {
    prints: rows.map((r) => Number(`0.${r.sparse.join('')}`)),
    of: (i) => sparseOf(rows[i]!.sparse),
  });

const sparseOf = (weights: readonly number[]): SparseVector => {
  const features = weights.flatMap((weight, feature) => (weight === 0 ? [] : [feature]));
  return { rows: Int32Array.from(features), weights: Float32Array.from(features, (feature) => weights[feature]!) };
};
const GAIN = 0.5;

/** The same question answered by scoring and sorting everything, as the second stage values a creative. */
function sorted(rows: readonly Row[], query: Float32Array, items: readonly number[][], groups: readonly SearchGroup[]): Found[] {
  return rows
    .flatMap((row): Found[] => {
      const worth = groups.find(({ group }) => group === row.group)?.worth;
      if (!worth) return [];
      const own = rows.filter(({ group }) => group === row.group);
      const sum = (read: (r: Row) => number): number => own.reduce((total, r) => total + read(r), 0);
      const rate = Math.min(1, (sum((r) => r.successes) + worth.prior.successes) / (sum((r) => r.trials) + worth.prior.trials));
      const shrunk = (row.successes + worth.strength * rate) / (row.trials + worth.strength);
      const near = Math.max(0, ...items.map((item) => item.reduce((total, weight, feature) => total + weight * row.sparse[feature]!, 0)));
      const logit = row.vector.reduce((total, v, d) => total + v * query[d]!, 0) + GAIN * near;
      const probability = 1 / (1 + Math.exp(-(CALIBRATION.slope * logit + CALIBRATION.intercept)));
      return [{ key: row.key, group: row.group, probability, value: probability * (worth.base + worth.gain * Math.min(1, shrunk)) }];
    })
    .toSorted((a, b) => b.value - a.value || (a.key < b.key ? -1 : 1));
}

const features = fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 6, maxLength: 6 });
/** Small whole numbers: sums are exact whatever their order, and there are many ties. */
const rowOf = (D: number) =>
  fc.record({
    key: fc.integer({ min: 0, max: 60 }).map((n) => `row-${n}`),
    group: fc.constantFrom('a', 'b', 'c'),
    vector: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: D, maxLength: D }),
    sparse: features,
    trials: fc.integer({ min: 0, max: 500 }),
    successes: fc.integer({ min: 0, max: 40 }),
  });

type Step = { put: Row[] } | { remove: string[] };
const stepsOf = (D: number) =>
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.array(rowOf(D), { maxLength: 30 }).map((rows): Step => ({ put: rows })) },
      { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 60 }).map((n) => `row-${n}`), { maxLength: 15 }).map((keys): Step => ({ remove: keys })) },
    ),
    { maxLength: 8 },
  );

describe('the index', () => {
  it('answers as scoring and sorting everything would, whatever was put in, replaced, moved and removed', () => {
    const whole = fc.integer({ min: 1, max: 9 }).chain((D) => fc.tuple(stepsOf(D), fc.array(fc.integer({ min: -2, max: 2 }), { minLength: D, maxLength: D }), fc.array(features, { maxLength: 3 })));
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 70 }), fc.subarray(['a', 'b', 'c', 'nowhere']), fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 10 }), ([steps, numbers, items], k, names, barred) => {
        const index = new VectorIndex({ dimensions: numbers.length, capacity: 1000 });
        const model = new Map<string, Row>();
        for (const step of steps) {
          if ('put' in step) {
            put(index, step.put);
            for (const row of step.put) model.set(row.key, row);
          } else {
            expect(index.remove(step.remove)).toBe([...new Set(step.remove)].filter((key) => model.has(key)).length);
            for (const key of step.remove) model.delete(key);
          }
        }
        expect(index.rows).toBe(model.size);
        const query = Float32Array.from(numbers);
        const groups = names.map((group) => ({ group, worth: WORTH }));
        const without = barred.map((n) => `row-${n}`);
        const reply = index.top({ query, sparse: { items: items.map(sparseOf), gain: GAIN }, calibration: CALIBRATION, k, groups, without });
        const all = sorted([...model.values()], query, items, groups).filter(({ key }) => !without.includes(key)).slice(0, k);
        expect(reply.found.map((found) => found.value)).toEqual(all.map((found) => expect.closeTo(found.value, 10)));
        // Where values tie to the last bit the smaller key comes first; the reference adds in another order, so ties may differ there.
        const distinct = new Set(all.map(({ value }) => value.toFixed(9)));
        if (distinct.size === all.length) expect(reply.found.map(({ key }) => key).slice(0, -1)).toEqual(all.map(({ key }) => key).slice(0, -1));
        for (const name of names) expect(reply.totals.get(name)!.rows).toBe([...model.values()].filter(({ group }) => group === name).length);
      }),
      { numRuns: 300 },
    );
  });

  it('puts equal values in the order of their keys, so that the same question has one answer', () => {
    const index = new VectorIndex({ dimensions: 1, capacity: 100 });
    const keys = createRng(3).shuffle(Array.from({ length: 40 }, (_, i) => `k${String(i).padStart(2, '0')}`));
    put(index, keys.map((key) => ({ key, group: 'a', vector: [1], sparse: [], trials: 0, successes: 0 })));
    const { found } = index.top({ query: Float32Array.of(1), calibration: CALIBRATION, k: 7, groups: [{ group: 'a', worth: WORTH }] });
    expect(found.map(({ key }) => key)).toEqual(keys.toSorted().slice(0, 7));
  });

  it('goes by probability alone where nothing is worth anything, and says so', () => {
    const index = new VectorIndex({ dimensions: 1, capacity: 100 });
    put(index, [1, 3, 2].map((n) => ({ key: `k${n}`, group: 'a', vector: [n], sparse: [], trials: 10 * n, successes: 0 })));
    const { found } = index.top({ query: Float32Array.of(1), calibration: CALIBRATION, k: 3, groups: [{ group: 'a', worth: { ...WORTH, base: 0, gain: 0 } }] });
    expect(found.map(({ key, value }) => [key, value])).toEqual([['k3', 0], ['k2', 0], ['k1', 0]]);
  });

  it('keeps what it has when a batch is refused', () => {
    const index = new VectorIndex({ dimensions: 2, capacity: 3 });
    const row = (key: string, vector = [1, 2]): Row => ({ key, group: 'a', vector, sparse: [], trials: 0, successes: 0 });
    put(index, [row('x')]);
    expect(() => put(index, [row('y'), row('z', [1, NaN])])).toThrow();
    expect(() => put(index, [row('y'), row('z'), row('w')])).toThrow();
    expect(index.rows).toBe(1);
    put(index, [row('x'), row('y'), row('z')]);
    expect(index.rows).toBe(3);
  });
});
