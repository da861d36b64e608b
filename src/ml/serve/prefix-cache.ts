/** Keys and values of prefixes that were computed, by the prefix's token ids, within a bound in bytes. */
import { headSize, type Gpt2Config } from '../gpt2/config';
import { keyValueNames, type PrefixKeysValues } from '../gpt2/share-rows';
import type { TensorValue } from '../runtime/session';
import { BoundedCache } from './bounded-cache';

export class PrefixCache {
  /** Outputs of the graph that make an entry. */
  readonly outputs: readonly string[];
  private readonly kept: BoundedCache<PrefixKeysValues>;
  private readonly names: readonly string[];
  private readonly bytesPerToken: number;

  constructor(body: Gpt2Config, limit: number) {
    this.kept = new BoundedCache(limit);
    this.names = keyValueNames(body);
    this.outputs = this.names.map((name) => `present.${name}`);
    this.bytesPerToken = 4 * this.names.length * body.heads * headSize(body);
  }

  get(prefix: Int32Array): PrefixKeysValues | undefined {
    return this.kept.get(keyOf(prefix));
  }

  /** Whether one more prefix of that length could be kept. */
  takes(prefix: Int32Array): boolean {
    return this.kept.fits(this.bytesPerToken * prefix.length);
  }

  /** Keeps what a run with `outputs` gave. */
  put(prefix: Int32Array, results: Record<string, TensorValue>): void {
    const value = new Map(this.names.map((name) => [name, results[`present.${name}`]!]));
    this.kept.put(keyOf(prefix), value, this.bytesPerToken * prefix.length);
  }
}

function keyOf(prefix: Int32Array): string {
  return Buffer.from(prefix.buffer, prefix.byteOffset, prefix.byteLength).toString('latin1');
}
