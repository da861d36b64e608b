/** The last so many values of a measure, and its quantiles. */
export class SlidingQuantiles {
  private readonly values: number[] = [];
  private at = 0;

  constructor(private readonly capacity = 1024) {}

  add(value: number): void {
    this.values[this.at] = value;
    this.at = (this.at + 1) % this.capacity;
  }

  /** Nearest-rank quantiles; zeros before the first value. */
  summary(): { p50: number; p99: number } {
    const sorted = this.values.toSorted((a, b) => a - b);
    const quantile = (q: number): number => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
    return { p50: quantile(0.5), p99: quantile(0.99) };
  }
}
