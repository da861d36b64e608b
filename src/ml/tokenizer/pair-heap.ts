/**
 * A binary max-heap of token pairs by count; equal counts by the smaller left id, then the smaller right id. The order is
 * total, so training is deterministic. Counts may be stale: the caller checks what it pops.
 */
export interface CountedPair {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

export class PairHeap {
  private readonly items: CountedPair[] = [];

  push(item: CountedPair): void {
    const { items } = this;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      items[i] = items[parent]!;
      i = parent;
    }
    items[i] = item;
  }

  pop(): CountedPair | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || !last) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
      if (!before(items[child]!, last)) break;
      items[i] = items[child]!;
      i = child;
    }
    items[i] = last;
    return top;
  }
}

function before(a: CountedPair, b: CountedPair): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.left !== b.left ? a.left < b.left : a.right < b.right;
}
