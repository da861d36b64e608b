import fc from 'fast-check';
import { SlotSums } from '../../../src/ml/simd/slot-sums';

interface List {
  slots: number[];
  weight: number;
}

/** Slot i of a list weighs 1 + i % 3. */
const weightsOf = (slots: readonly number[]): Float32Array => Float32Array.from(slots, (_, i) => 1 + (i % 3));

function greatest(count: number, items: readonly (readonly List[])[]): number[] {
  const sums = new SlotSums(count);
  for (const lists of items) {
    for (const { slots, weight } of lists) sums.add(Int32Array.from([...slots, 0, 0]), Float32Array.from([...weightsOf(slots), 9, 9]), slots.length, weight);
    sums.next();
  }
  return [...sums.greatest()];
}

function plain(count: number, items: readonly (readonly List[])[]): number[] {
  const best = Array.from({ length: count }, () => 0);
  for (const lists of items) {
    const sums = Array.from({ length: count }, () => 0);
    for (const { slots, weight } of lists) weightsOf(slots).forEach((own, i) => (sums[slots[i]!]! += weight * own));
    sums.forEach((sum, slot) => (best[slot] = Math.max(best[slot]!, sum)));
  }
  return best;
}

describe('sums by slot', () => {
  it('are those of a plain loop, and the greatest of several is kept', () => {
    const question = fc.integer({ min: 1, max: 30 }).chain((count) => {
      const list = fc.record({ slots: fc.array(fc.nat({ max: count - 1 }), { maxLength: 40 }), weight: fc.integer({ min: -3, max: 5 }) });
      return fc.tuple(fc.constant(count), fc.array(fc.array(list, { maxLength: 4 }), { maxLength: 4 }));
    });
    fc.assert(fc.property(question, ([count, items]) => expect(greatest(count, items)).toEqual(plain(count, items))), { numRuns: 300 });
  });

  it('take lists that are longer than what is taken at a time, and as many slots as there are', () => {
    const slots = Array.from({ length: 50_000 }, (_, i) => (i * 7) % 40_001);
    expect(greatest(40_001, [[{ slots, weight: 2 }]])).toEqual(plain(40_001, [[{ slots, weight: 2 }]]));
  });

  it('begin at 0 again, whatever was summed before', () => {
    expect(greatest(5, [[{ slots: [1, 4], weight: 3 }]])).toEqual([0, 3, 0, 0, 6]);
    expect(greatest(5, [])).toEqual([0, 0, 0, 0, 0]);
    expect(greatest(0, [])).toEqual([]);
  });
});
