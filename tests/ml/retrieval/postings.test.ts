import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import { Postings, type SparseVector } from '../../../src/ml/retrieval/postings';

const FEATURES = 8;
const vector = fc.array(fc.constantFrom(0, 0, 1, 2, 3), { minLength: FEATURES, maxLength: FEATURES });
const sparse = (weights: readonly number[]): SparseVector => {
  const rows = weights.flatMap((weight, row) => (weight === 0 ? [] : [row]));
  return { rows: Int32Array.from(rows), weights: Float32Array.from(rows, (row) => weights[row]!) };
};
const inner = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, weight, i) => sum + weight * b[i]!, 0);
const nearest = (of: readonly number[], items: readonly (readonly number[])[]): number => Math.max(0, ...items.map((item) => inner(item, of)));

describe('sparse vectors by feature', () => {
  it('answer as the inner products do, whatever was dropped and renumbered', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(vector.map((add) => ({ add })), fc.nat().map((drop) => ({ drop }))), { maxLength: 400 }), fc.array(vector, { maxLength: 4 }), (steps, items) => {
        const postings = new Postings();
        let kept: { slot: number; weights: number[] }[] = [];
        for (const step of steps) {
          if ('add' in step) kept.push({ slot: postings.add(sparse(step.add)), weights: step.add });
          else if (kept.length > 0) postings.drop(kept.splice(step.drop % kept.length, 1)[0]!.slot);
          const renumbered = postings.compact();
          if (renumbered) kept = kept.map(({ slot, weights }) => ({ slot: renumbered[slot]!, weights }));
        }
        const values = postings.greatest(items.map(sparse), Infinity);
        for (const { slot, weights } of kept) expect(values[slot]).toBe(nearest(weights, items));
      }),
      { numRuns: 200 },
    );
  });

  it('give back the room of what was dropped, and keep what was not', () => {
    const rng = createRng(1);
    const postings = new Postings();
    const rows = Array.from({ length: 1000 }, () => Array.from({ length: FEATURES }, () => rng.int(3)));
    const slots = rows.map((weights) => postings.add(sparse(weights)));
    slots.slice(0, 499).forEach((slot) => postings.drop(slot));
    postings.drop(slots[0]!);
    expect(postings.compact()).toBeNull();
    postings.drop(slots[499]!);
    const renumbered = postings.compact()!;
    expect([...renumbered].filter((slot) => slot >= 0).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(postings.compact()).toBeNull();
    const item = rows[700]!;
    const values = postings.greatest([sparse(item)], Infinity);
    for (let i = 500; i < 1000; i++) expect(values[renumbered[slots[i]!]!]).toBe(inner(rows[i]!, item));
  });

  it('leave the commonest features of a query out where it would walk too far, and never a rarer one', () => {
    const postings = new Postings();
    // Feature f stands in the first 2^f of 128 vectors.
    const rows = Array.from({ length: 128 }, (_, i) => Array.from({ length: FEATURES }, (__, f) => (i < 2 ** f ? 1 : 0)));
    rows.forEach((weights) => postings.add(sparse(weights)));
    const all = Array.from({ length: FEATURES }, () => 1);
    for (let budget = 0; budget <= 260; budget++) {
      const walked = Math.floor(Math.log2(budget + 1));
      const first = postings.greatest([sparse(all)], budget)[0];
      expect(first).toBe(Math.min(FEATURES, walked));
    }
  });
});
