import { kernels, scratch } from './vector-kernels';

/** Places of a list that are taken at a time. */
const PLACES = 8_192;

/** Weighted sums by slot, in 32 bits, and the greatest of several: float32, both 0 to begin with. One at a time in a thread. */
export class SlotSums {
  /** Where they lie in the scratch memory, in numbers; behind them the places. */
  private readonly best: number;
  private readonly slots: number;
  private readonly weights: number;
  private readonly floats: Float32Array;
  private readonly ints: Int32Array;

  constructor(private readonly count: number) {
    this.best = Math.max(4, (count + 3) & ~3);
    this.slots = 2 * this.best;
    this.weights = this.slots + PLACES;
    this.floats = scratch(4 * (this.weights + PLACES));
    this.ints = new Int32Array(this.floats.buffer);
    this.floats.fill(0, 0, this.slots);
  }

  /** sum[slots[i]] += weight x weights[i], for the first `length` of them; slots are below the count. */
  add(slots: Int32Array, weights: Float32Array, length: number, weight: number): void {
    for (let from = 0; from < length; from += PLACES) {
      const to = Math.min(length, from + PLACES);
      this.ints.set(slots.subarray(from, to), this.slots);
      this.floats.set(weights.subarray(from, to), this.weights);
      kernels.scatter(4 * this.slots, 4 * (this.slots + to - from), 4 * this.weights, weight, 0);
    }
  }

  /** Keeps the sums that are greater than all before, and begins again at 0. */
  next(): void {
    kernels.takeGreatest(0, 4 * this.best, 4 * this.best);
  }

  /** The greatest sum of each slot, of those that `next` closed: float32 [count], a copy. */
  greatest(): Float32Array {
    return this.floats.slice(this.best, this.best + this.count);
  }
}
