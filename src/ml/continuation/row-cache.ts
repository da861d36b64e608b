/**
 * Keys and values of rows while they are written, in memory that the runtime reads where it lies: nothing of it is copied between
 * steps, only the newest token's part is written into its slot. Rows may be of different lengths, and leave in any order.
 */
import { headSize, type Gpt2Config } from '../gpt2/config';
import type { Feeds } from '../runtime/session';

/** Slots that a cache begins with; they double when a row needs more. */
const FIRST_SLOTS = 16;

export class RowCache {
  /** Tokens that each row holds. */
  readonly lengths: number[] = [];
  /** Room of every row, in tokens. */
  slots: number;
  /** Per layer keys and values in turn, each [capacity, NH, slots, HS]. */
  private tensors: Float32Array[];

  constructor(
    private readonly config: Gpt2Config,
    private readonly capacity: number,
    private readonly limit: number,
  ) {
    this.slots = Math.max(1, Math.min(FIRST_SLOTS, limit));
    this.tensors = this.allocate();
  }

  get rows(): number {
    return this.lengths.length;
  }

  /** Begins an empty row, the last one. */
  add(): void {
    this.lengths.push(0);
  }

  /** Begins a row that goes on from what `row` holds, the last one. */
  fork(row: number): void {
    const size = this.rowSize();
    for (const tensor of this.tensors) tensor.copyWithin(this.rows * size, row * size, row * size + size);
    this.lengths.push(this.lengths[row]!);
  }

  /** Ends a row; the last row takes its place. */
  remove(row: number): void {
    const last = this.lengths.pop()!;
    if (row === this.rows) return;
    const size = this.rowSize();
    for (const tensor of this.tensors) tensor.copyWithin(row * size, this.rows * size, this.rows * size + size);
    this.lengths[row] = last;
  }

  /** Takes the newest token of every row: kept [rows, 1, L, 2, C]. */
  append(kept: Float32Array): void {
    if (Math.max(...this.lengths) >= this.slots) this.grow();
    const { channels: C, heads: NH, layers: L } = this.config;
    const [HS, size] = [headSize(this.config), this.rowSize()];
    for (let row = 0; row < this.rows; row++) {
      const slot = this.lengths[row]!++;
      for (let part = 0; part < 2 * L; part++) {
        const tensor = this.tensors[part]!;
        const from = (row * 2 * L + part) * C;
        for (let head = 0; head < NH; head++) {
          tensor.set(kept.subarray(from + head * HS, from + (head + 1) * HS), row * size + (head * this.slots + slot) * HS);
        }
      }
    }
  }

  /** `rows.<l>.key` and `.value`, [rows, NH, slots, HS] as they lie. */
  feeds(): Feeds {
    const dims = [this.rows, this.config.heads, this.slots, headSize(this.config)];
    const size = this.rows * this.rowSize();
    return Object.fromEntries(this.tensors.map((data, part) => [`rows.${part >> 1}.${part % 2 === 0 ? 'key' : 'value'}`, { dtype: 'float32', dims, data: data.subarray(0, size) }]));
  }

  private rowSize(): number {
    return this.slots * this.config.channels;
  }

  private allocate(): Float32Array[] {
    return Array.from({ length: 2 * this.config.layers }, () => new Float32Array(this.capacity * this.rowSize()));
  }

  private grow(): void {
    const [before, old, HS] = [this.slots, this.tensors, headSize(this.config)];
    this.slots = Math.min(this.slots * 2, this.limit);
    this.tensors = this.allocate();
    for (const [part, tensor] of old.entries()) {
      for (let block = 0; block < this.rows * this.config.heads; block++) {
        this.tensors[part]!.set(tensor.subarray(block * before * HS, (block + 1) * before * HS), block * this.slots * HS);
      }
    }
  }
}

/** Keys and values of a prompt, from kept [1, P, L, 2, C]: `prompt.<l>.key` and `.value`, [1, NH, P, HS]. */
export function promptFeeds(config: Gpt2Config, kept: Float32Array, length: number): Feeds {
  const { channels: C, heads: NH, layers: L } = config;
  const HS = headSize(config);
  const feeds: Feeds = {};
  for (let part = 0; part < 2 * L; part++) {
    const data = new Float32Array(length * C);
    for (let head = 0; head < NH; head++) {
      for (let t = 0; t < length; t++) {
        const from = (t * 2 * L + part) * C + head * HS;
        data.set(kept.subarray(from, from + HS), (head * length + t) * HS);
      }
    }
    feeds[`prompt.${part >> 1}.${part % 2 === 0 ? 'key' : 'value'}`] = { dtype: 'float32', dims: [1, NH, length, HS], data };
  }
  return feeds;
}
