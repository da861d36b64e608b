import fc from 'fast-check';
import { Heap } from '../../src/base/heap';

const drain = <T>(heap: Heap<T>): T[] => Array.from({ length: heap.size }, () => heap.pop()!);

describe('a heap', () => {
  it('gives at any time the first of what is in it, as a sorted array would', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: -20, max: 20 }))), (steps) => {
        const heap = new Heap<number>((a, b) => a < b);
        const sorted: number[] = [];
        for (const step of steps) {
          if (step === null) {
            expect(heap.pop()).toBe(sorted.shift());
          } else {
            heap.push(step);
            sorted.push(step);
            sorted.sort((a, b) => a - b);
          }
          expect(heap.peek()).toBe(sorted[0]);
          expect(heap.size).toBe(sorted.length);
          expect([...heap].toSorted((a, b) => a - b)).toEqual(sorted);
        }
        expect(drain(heap)).toEqual(sorted);
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });

  it('goes by what it is told, over several keys', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3))), (pairs) => {
        const heap = new Heap<readonly [number, number]>(([a, x], [b, y]) => a > b || (a === b && x < y));
        for (const pair of pairs) heap.push(pair);
        expect(drain(heap)).toEqual(pairs.toSorted(([a, x], [b, y]) => b - a || x - y));
      }),
    );
  });
});
