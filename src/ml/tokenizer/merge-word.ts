import { Heap } from '../../base/heap';
import type { ParsedTokenizer } from './tokenizer-json';

/** Positions below it and ranks above it make one number that sorts by rank, then by position; both stay exact. */
const POSITIONS = 2 ** 26;

/**
 * Merges a word in table characters: of all neighbours the pair of least rank is joined first, of equal ranks the leftmost, until no pair
 * is left. What a merge makes competes at once, as in the Hugging Face libraries. n log n in the word's length: a page without a space
 * is one word.
 */
export function wordMerger({ tokens, merges, ignoreMerges }: Pick<ParsedTokenizer, 'tokens' | 'merges' | 'ignoreMerges'>, idOf: ReadonlyMap<string, number>): (word: string) => number[] {
  const size = tokens.length;
  const ranks = new Map<number, number>();
  const results = merges.map(([left, right], rank) => {
    const key = idOf.get(left)! * size + idOf.get(right)!;
    if (!ranks.has(key)) ranks.set(key, rank);
    return idOf.get(left + right)!;
  });
  return (word) => {
    const whole = ignoreMerges ? idOf.get(word) : undefined;
    if (whole !== undefined) return [whole];
    const ids = Array.from(word, (char) => idOf.get(char)).filter((id) => id !== undefined);
    const n = ids.length;
    // Each token stands where its first byte did; what was joined to its left neighbour is -1.
    const next = Int32Array.from({ length: n }, (_, i) => i + 1);
    const previous = Int32Array.from({ length: n }, (_, i) => i - 1);
    const rankAt = (i: number): number | undefined => (i >= 0 && next[i]! < n ? ranks.get(ids[i]! * size + ids[next[i]!]!) : undefined);
    const heap = new Heap<number>((a, b) => a < b);
    const offer = (i: number): void => {
      const rank = rankAt(i);
      if (rank !== undefined) heap.push(rank * POSITIONS + i);
    };
    for (let i = 0; i + 1 < n; i++) offer(i);
    for (let key = heap.pop(); key !== undefined; key = heap.pop()) {
      const i = key % POSITIONS;
      const rank = (key - i) / POSITIONS;
      // Either of the pair may have been joined elsewhere since it was offered.
      if (ids[i] === -1 || rankAt(i) !== rank) continue;
      const gone = next[i]!;
      ids[i] = results[rank]!;
      ids[gone] = -1;
      next[i] = next[gone]!;
      if (next[i]! < n) previous[next[i]!] = i;
      offer(previous[i]!);
      offer(i);
    }
    return ids.filter((id) => id !== -1);
  };
}
