/** What the batcher did since it was made, for whoever watches it. Times in milliseconds. */
import { SlidingQuantiles } from './sliding-quantiles';

export interface BatcherStats {
  readonly lanes: number;
  /** Now in the queue, and now at work. */
  readonly waiting: { readonly requests: number; readonly tokens: number };
  readonly running: { readonly batches: number; readonly tokens: number };
  /** Requests by how they ended. */
  readonly answered: number;
  readonly refused: number;
  readonly late: number;
  readonly cancelled: number;
  readonly failed: number;
  /** Batches, and the mean number of requests and tokens in one. */
  readonly batches: number;
  readonly requestsPerBatch: number;
  readonly tokensPerBatch: number;
  /** Of all lanes together; 0 before anything was measured. */
  readonly tokensPerSecond: number;
  /** Of the last thousand answers: waiting for a lane, and being worked on. */
  readonly queueMs: { readonly p50: number; readonly p99: number };
  readonly busyMs: { readonly p50: number; readonly p99: number };
}

/** Why a request ended without an answer. */
export type Ending = 'refused' | 'late' | 'cancelled' | 'failed';

export class Tally {
  private readonly endings: Record<Ending, number> = { refused: 0, late: 0, cancelled: 0, failed: 0 };
  private readonly queueMs = new SlidingQuantiles();
  private readonly busyMs = new SlidingQuantiles();
  private answered = 0;
  private batches = 0;
  private inBatches = { requests: 0, tokens: 0 };

  answer(queueMs: number, busyMs: number): void {
    this.answered += 1;
    this.queueMs.add(queueMs);
    this.busyMs.add(busyMs);
  }

  end(how: Ending): void {
    this.endings[how] += 1;
  }

  batch(requests: number, tokens: number): void {
    this.batches += 1;
    this.inBatches.requests += requests;
    this.inBatches.tokens += tokens;
  }

  stats(now: Pick<BatcherStats, 'lanes' | 'waiting' | 'running' | 'tokensPerSecond'>): BatcherStats {
    const { answered, batches, inBatches, endings } = this;
    const mean = (sum: number): number => (batches === 0 ? 0 : sum / batches);
    return {
      ...now, ...endings, answered, batches,
      requestsPerBatch: mean(inBatches.requests),
      tokensPerBatch: mean(inBatches.tokens),
      queueMs: this.queueMs.summary(),
      busyMs: this.busyMs.summary(),
    };
  }
}
