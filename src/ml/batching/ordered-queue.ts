import { Heap } from '../../base/heap';

interface Queued<Entry> {
  readonly key: number;
  readonly entry: Entry;
  readonly arrival: number;
}

/** A priority queue: lowest key first, and among equal keys the one that came first. */
export class OrderedQueue<Entry> {
  private readonly heap = new Heap<Queued<Entry>>((a, b) => a.key < b.key || (a.key === b.key && a.arrival < b.arrival));
  private arrivals = 0;

  get size(): number {
    return this.heap.size;
  }

  push(key: number, entry: Entry): void {
    this.heap.push({ key, entry, arrival: this.arrivals++ });
  }

  peek(): Entry | undefined {
    return this.heap.peek()?.entry;
  }

  pop(): Entry | undefined {
    return this.heap.pop()?.entry;
  }

  /** Everything with its key, in no order. */
  entries(): Iterable<{ readonly key: number; readonly entry: Entry }> {
    return this.heap;
  }
}
