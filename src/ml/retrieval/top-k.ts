/** The k greatest of a stream of numbers: a heap of k whose root is the least of them (Williams 1964). O(n log k), O(k) memory. */
export class TopK<T> {
  private readonly values: Float64Array;
  private readonly items: T[] = [];

  /** @param before whether an item goes before another of the same value; makes the order total */
  constructor(
    private readonly k: number,
    private readonly before: (a: T, b: T) => boolean,
  ) {
    this.values = new Float64Array(k);
  }

  /** What a value must reach to be kept; -Infinity until there are k. */
  get threshold(): number {
    return this.items.length < this.k ? -Infinity : this.values[0]!;
  }

  offer(value: number, item: T): void {
    if (this.items.length < this.k) {
      this.values[this.items.length] = value;
      this.items.push(item);
      this.up(this.items.length - 1);
    } else if (this.k > 0 && this.worse(this.values[0]!, this.items[0]!, value, item)) {
      this.values[0] = value;
      this.items[0] = item;
      this.down(0);
    }
  }

  /** Greatest first. */
  sorted(): { value: number; item: T }[] {
    return this.items
      .map((item, i) => ({ value: this.values[i]!, item }))
      .sort((a, b) => b.value - a.value || (this.before(a.item, b.item) ? -1 : 1));
  }

  private worse(value: number, item: T, otherValue: number, other: T): boolean {
    return value < otherValue || (value === otherValue && this.before(other, item));
  }

  private less(i: number, j: number): boolean {
    return this.worse(this.values[i]!, this.items[i]!, this.values[j]!, this.items[j]!);
  }

  private swap(i: number, j: number): void {
    [this.values[i], this.values[j]] = [this.values[j]!, this.values[i]!];
    [this.items[i], this.items[j]] = [this.items[j]!, this.items[i]!];
  }

  private up(i: number): void {
    for (let child = i; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.less(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  private down(i: number): void {
    for (let parent = i; ; ) {
      const left = 2 * parent + 1;
      const right = left + 1;
      let least = parent;
      if (left < this.items.length && this.less(left, least)) least = left;
      if (right < this.items.length && this.less(right, least)) least = right;
      if (least === parent) return;
      this.swap(parent, least);
      parent = least;
    }
  }
}
