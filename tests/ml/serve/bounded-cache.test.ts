import fc from 'fast-check';
import { BoundedCache } from '../../../src/ml/serve/bounded-cache';

describe('a bounded cache', () => {
  it('never holds more bytes than its bound, and what it holds is what was put last under the key', () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), bytes: fc.nat(60), read: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(100), (steps, limit) => {
        const cache = new BoundedCache<number>(limit);
        const last = new Map<string, { value: number; bytes: number }>();
        steps.forEach(({ key, bytes, read }, value) => {
          if (read) {
            const got = cache.get(key);
            if (got !== undefined) expect(got).toBe(last.get(key)!.value);
          } else {
            cache.put(key, value, bytes);
            last.set(key, { value, bytes });
            expect(cache.get(key)).toBe(bytes <= limit ? value : undefined);
          }
          const held = [...last].reduce((sum, [k, entry]) => sum + (cache.get(k) === undefined ? 0 : entry.bytes), 0);
          expect(cache.bytes).toBe(held);
          expect(held).toBeLessThanOrEqual(limit);
        });
      }),
    );
  });

  it('lets the longest unused go first', () => {
    const cache = new BoundedCache<number>(30);
    for (const [i, key] of ['a', 'b', 'c'].entries()) cache.put(key, i, 10);
    cache.get('a');
    cache.put('d', 3, 10);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([0, undefined, 2, 3]);
  });
});
