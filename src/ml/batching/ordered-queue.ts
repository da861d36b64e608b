/** A priority queue: lowest key first, and among equal keys the one that came first. A binary heap. */
export class OrderedQueue<Entry> {
  private readonly heap: { key: number; seq: number; entry: Entry }[] = [];
  private next = 0;

  get size(): number {
    return this.heap.length;
  }

  push(key: number, entry: Entry): void {
    const item = { key, seq: this.next++, entry };
    let at = this.heap.push(item) - 1;
    for (let up = (at - 1) >> 1; at > 0 && before(item, this.heap[up]!); at = up, up = (at - 1) >> 1) this.heap[at] = this.heap[up]!;
    this.heap[at] = item;
  }

  peek(): Entry | undefined {
    return this.heap[0]?.entry;
  }

  pop(): Entry | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (!first || first === last) return first?.entry;
    const { heap } = this;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down + 1 < heap.length && before(heap[down + 1]!, heap[down]!)) down += 1;
      if (down >= heap.length || !before(heap[down]!, last!)) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = last!;
    return first.entry;
  }

  /** Everything with its key, in no order. */
  *entries(): Generator<{ key: number; entry: Entry }> {
    yield* this.heap;
  }
}

function before(a: { key: number; seq: number }, b: { key: number; seq: number }): boolean {
  return a.key < b.key || (a.key === b.key && a.seq < b.seq);
}
