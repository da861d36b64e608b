import fc from 'fast-check';
import { OrderedQueue } from '../../../src/ml/batching/ordered-queue';

describe('the queue before a model', () => {
  it('serves the lowest key first, and who has the same key in order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4)), (keys) => {
        const queue = new OrderedQueue<number>();
        keys.forEach((key, arrival) => queue.push(key, arrival));
        expect([...queue.entries()].map(({ entry }) => entry).toSorted((a, b) => a - b)).toEqual([...keys.keys()]);
        const expected = [...keys.keys()].toSorted((a, b) => keys[a]! - keys[b]! || a - b);
        for (const next of expected) {
          expect(queue.peek()).toBe(next);
          expect(queue.pop()).toBe(next);
        }
        expect([queue.pop(), queue.size]).toEqual([undefined, 0]);
      }),
    );
  });
});
