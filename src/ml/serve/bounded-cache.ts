/** What was used last, within a bound in bytes. */
import { bug } from '../../base/errors';

export class BoundedCache<V> {
  private readonly entries = new Map<string, { value: V; bytes: number }>();
  private held = 0;
  /** Entries that went to make room, so far. */
  evictions = 0;

  /** @param limit in bytes; 0 keeps nothing */
  constructor(private readonly limit: number) {
    if (!(limit >= 0)) throw bug(`A cache of ${limit} bytes.`);
  }

  /** Bytes held, as `put` was told them. */
  get bytes(): number {
    return this.held;
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    // The map keeps the order of insertion: what is used goes to its end.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** Whether an entry of that size could be kept. */
  fits(bytes: number): boolean {
    return bytes <= this.limit;
  }

  /** Keeps a value; the longest unused go first, and what is larger than the bound is not kept at all. */
  put(key: string, value: V, bytes: number): void {
    this.drop(key);
    if (!this.fits(bytes)) return;
    this.entries.set(key, { value, bytes });
    this.held += bytes;
    for (const oldest of this.entries.keys()) {
      if (this.held <= this.limit) break;
      this.drop(oldest);
      this.evictions++;
    }
  }

  drop(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.held -= entry.bytes;
  }

  dropWhere(matches: (key: string) => boolean): void {
    for (const key of this.entries.keys()) if (matches(key)) this.drop(key);
  }
}
