/**
 * Rows of numbers in one contiguous matrix, found by key: what an exact search walks through. Memory grows by doubling, and a
 * removed row is filled with the last one, so that there are never holes.
 */
import { bug } from '../../base/errors';
import { strideOf } from '../simd/row-products';

const FIRST_ROWS = 64;

export class RowMatrix {
  /** Numbers from one row to the next: the dimensions, filled up with zeros for `rowProducts`. */
  readonly stride: number;
  /** float32 [rows, stride], row after row; longer than what is in use. */
  data: Float32Array;
  /** Of each row: how often it was tried, and with how many successes. */
  trials: Float64Array;
  successes: Float64Array;
  readonly keys: string[] = [];
  /** Where each row's sparse vector is among the postings, and what it was made of; -1 and NaN where it has none. */
  readonly slots: number[] = [];
  readonly prints: number[] = [];
  private readonly places = new Map<string, number>();

  constructor(readonly dimensions: number) {
    this.stride = strideOf(dimensions);
    this.data = new Float32Array(FIRST_ROWS * this.stride);
    this.trials = new Float64Array(FIRST_ROWS);
    this.successes = new Float64Array(FIRST_ROWS);
  }

  get rows(): number {
    return this.keys.length;
  }

  placeOf(key: string): number | undefined {
    return this.places.get(key);
  }

  /** Adds a row, or writes over the one of that key, its slot and print left as they are; returns its place. */
  put(key: string, vector: Float32Array, trials: number, successes: number): number {
    if (vector.length !== this.dimensions) throw bug(`A row of ${vector.length} numbers was put into a matrix of ${this.dimensions}.`);
    let row = this.places.get(key);
    if (row === undefined) {
      row = this.keys.length;
      if (row === this.trials.length) this.grow();
      this.keys.push(key);
      this.slots.push(-1);
      this.prints.push(NaN);
      this.places.set(key, row);
    }
    this.data.set(vector, row * this.stride);
    this.trials[row] = trials;
    this.successes[row] = successes;
    return row;
  }

  /** Whether there was a row of that key. */
  remove(key: string): boolean {
    const row = this.places.get(key);
    if (row === undefined) return false;
    const last = this.keys.length - 1;
    if (row !== last) {
      this.data.copyWithin(row * this.stride, last * this.stride, (last + 1) * this.stride);
      this.trials[row] = this.trials[last]!;
      this.successes[row] = this.successes[last]!;
      this.keys[row] = this.keys[last]!;
      this.slots[row] = this.slots[last]!;
      this.prints[row] = this.prints[last]!;
      this.places.set(this.keys[row]!, row);
    }
    this.keys.pop();
    this.slots.pop();
    this.prints.pop();
    this.places.delete(key);
    return true;
  }

  private grow(): void {
    const rows = this.trials.length * 2;
    const data = new Float32Array(rows * this.stride);
    data.set(this.data);
    this.data = data;
    this.trials = longer(this.trials, rows);
    this.successes = longer(this.successes, rows);
  }
}

function longer(values: Float64Array, length: number): Float64Array {
  const copy = new Float64Array(length);
  copy.set(values);
  return copy;
}
