/**
 * Sparse vectors by feature: for each feature, which slots have it and how much of it (an inverted index). A query then costs what
 * its own features have in common with the vectors, however many features there are in all.
 * A dropped slot is not given again until `compact` renumbers them, so that what is left of it in the lists harms nobody.
 */

import { SlotSums } from '../simd/slot-sums';

/** Features, each once, and their weights; of equal length. */
export interface SparseVector {
  readonly rows: Int32Array;
  readonly weights: Float32Array;
}

interface List {
  slots: Int32Array;
  weights: Float32Array;
  length: number;
}

/** Below so many dropped slots there is nothing to win. */
const SLACK = 64;

export class Postings {
  private lists = new Map<number, List>();
  private live = new Uint8Array(SLACK);
  private used = 0;
  private dropped = 0;

  /** Keeps a vector; returns its slot. */
  add({ rows, weights }: SparseVector): number {
    const slot = this.used++;
    if (slot === this.live.length) this.live = resized(this.live, new Uint8Array(slot * 2));
    this.live[slot] = 1;
    for (let i = 0; i < rows.length; i++) this.post(rows[i]!, slot, weights[i]!);
    return slot;
  }

  drop(slot: number): void {
    if (this.live[slot] !== 1) return;
    this.live[slot] = 0;
    this.dropped++;
  }

  /** Renumbers the slots in use where half or more are dropped: the new slot of each old one, -1 for dropped ones; null where it did nothing. */
  compact(): Int32Array | null {
    if (this.dropped < SLACK || this.dropped * 2 < this.used) return null;
    const renumbered = new Int32Array(this.used).fill(-1);
    let next = 0;
    for (let slot = 0; slot < this.used; slot++) if (this.live[slot] === 1) renumbered[slot] = next++;
    const old = this.lists;
    this.lists = new Map();
    for (const [feature, { slots, weights, length }] of old) {
      for (let i = 0; i < length; i++) if (renumbered[slots[i]!]! >= 0) this.post(feature, renumbered[slots[i]!]!, weights[i]!);
    }
    this.live = new Uint8Array(Math.max(SLACK, next)).fill(1, 0, next);
    this.used = next;
    this.dropped = 0;
    return renumbered;
  }

  /**
   * The greatest inner product of each slot's vector with any of the items, at least 0: float32 [slots].
   * Exact while the items' features stand in no more than `budget` places together; beyond it the commonest features are left out.
   */
  greatest(items: readonly SparseVector[], budget: number): Float32Array {
    const sums = new SlotSums(this.used);
    const longest = this.longestWithin(items, budget);
    for (const { rows, weights } of items) {
      for (let i = 0; i < rows.length; i++) {
        const list = this.lists.get(rows[i]!);
        if (list !== undefined && list.length <= longest) sums.add(list.slots, list.weights, list.length, weights[i]!);
      }
      sums.next();
    }
    return sums.greatest();
  }

  /** The length of the longest lists that may be walked. */
  private longestWithin(items: readonly SparseVector[], budget: number): number {
    const lengths = items.flatMap(({ rows }) => Array.from(rows, (row) => this.lists.get(row)?.length ?? 0)).sort((a, b) => a - b);
    let walked = 0;
    for (const [i, length] of lengths.entries()) {
      walked += length;
      if (walked > budget) return lengths[i - 1] === length ? length - 1 : (lengths[i - 1] ?? 0);
    }
    return Infinity;
  }

  private post(feature: number, slot: number, weight: number): void {
    let list = this.lists.get(feature);
    if (!list) this.lists.set(feature, (list = { slots: new Int32Array(2), weights: new Float32Array(2), length: 0 }));
    if (list.length === list.slots.length) {
      const longer = Math.ceil(list.length * 1.5) + 1;
      list.slots = resized(list.slots, new Int32Array(longer));
      list.weights = resized(list.weights, new Float32Array(longer));
    }
    list.slots[list.length] = slot;
    list.weights[list.length++] = weight;
  }
}

function resized<A extends Uint8Array | Int32Array | Float32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
