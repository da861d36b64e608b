/** Running mean of how fast lanes work: each batch counts, older ones less and less. */
export class Throughput {
  private tokens = 0;
  private ms = 0;

  /** @param keep share of the past that remains at each new batch, 0 to 1 */
  constructor(private readonly keep = 0.9) {}

  record(tokens: number, ms: number): void {
    this.tokens = this.tokens * this.keep + tokens;
    this.ms = this.ms * this.keep + ms;
  }

  /** Tokens per millisecond of one lane; undefined before anything was measured. */
  get rate(): number | undefined {
    return this.ms > 0 ? this.tokens / this.ms : undefined;
  }
}
