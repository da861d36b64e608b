/** Grouping of items of unequal length into batches that waste little padding, in an order that only the seed decides. */
import type { Rng } from '../../base/rng';

/**
 * Batches of item indices. Items are shuffled, sorted by length within large chunks, cut into batches whose
 * padded size (`items x longest`) stays within `budget`, and the batches are shuffled again.
 * @param lengths cost of each item, at least 1; an item above the budget stands alone
 */
export function lengthBatches(lengths: ArrayLike<number>, budget: number, rng: Rng): number[][] {
  const order = rng.shuffle(Array.from({ length: lengths.length }, (_, i) => i));
  const chunkSize = Math.max(1, Math.floor(order.length / Math.max(1, Math.floor(order.length / 4096))));
  const batches: number[][] = [];
  for (let start = 0; start < order.length; start += chunkSize) {
    const chunk = order.slice(start, start + chunkSize).sort((a, b) => lengths[a]! - lengths[b]!);
    let batch: number[] = [];
    for (const item of chunk) {
      // Sorted, so that the newest item is the longest.
      if (batch.length > 0 && (batch.length + 1) * lengths[item]! > budget) {
        batches.push(batch);
        batch = [];
      }
      batch.push(item);
    }
    if (batch.length > 0) batches.push(batch);
  }
  return rng.shuffle(batches);
}
