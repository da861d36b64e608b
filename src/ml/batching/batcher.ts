/**
 * The one owner of the queue before a model. Jobs come in parts; lanes take batches of parts, cut by a budget of tokens. While every
 * lane is busy the queue gathers, and a lane that becomes free takes the next batch at once (continuous batching).
 *
 * Order: a part is keyed by the work done so far plus what its job asks for, so that a small job passes a large one that came
 * shortly before it, a large one is passed by about its own size at most, and equals are served as they came. A background job counts
 * four times. (Virtual finish times: Demers, Keshav, Shenker, "Analysis and simulation of a fair queueing algorithm", 1989.)
 */
import { systemClock, type Clock } from '../../base/clock';
import { AdloomError, badInput, bug, isAdloomError } from '../../base/errors';
import { refusalOf } from './admission';
import { OrderedQueue } from './ordered-queue';
import { cancelledError, PendingJob, tooLateError } from './pending-job';
import { type BatcherStats, type Ending, Tally } from './stats';
import { Throughput } from './throughput';
import { systemTimers, type Timers } from './timers';
import type { BatcherOptions, Job, JobReply, Lane } from './types';

interface Entry<Payload, Result> {
  readonly job: PendingJob<Payload, Result>;
  readonly index: number;
  readonly payload: Payload;
  readonly cost: number;
  readonly key: number;
  /** Goes in a batch of its job's own: one that it shared failed, and who was at fault is not known. */
  apart: boolean;
}

interface Batch<Payload, Result> {
  readonly entries: readonly Entry<Payload, Result>[];
  readonly jobs: ReadonlySet<PendingJob<Payload, Result>>;
  readonly tokens: number;
  readonly abort: AbortController;
}

const BACKGROUND_WEIGHT = 4;

export class Batcher<Payload, Result> {
  private readonly queue = new OrderedQueue<Entry<Payload, Result>>();
  private readonly jobs = new Set<PendingJob<Payload, Result>>();
  private readonly running = new Set<Batch<Payload, Result>>();
  private readonly throughput = new Throughput();
  private readonly tally = new Tally();
  private readonly free: Lane<Payload, Result>[];
  private readonly clock: Clock;
  private readonly timers: Timers;
  /** Tokens of all batches so far: the time by which the queue is ordered. */
  private work = 0;
  private lanes: number;
  private waiting = { requests: 0, tokens: 0 };
  private interactive = { requests: 0, tokens: 0 };
  private callOff: (() => void) | undefined;
  private closed: AdloomError | undefined;
  /** Why there is no lane, where there is none. */
  private stopped: unknown;
  /** Lanes that said when they can be asked again. */
  private readonly returning = new Set<() => void>();
  private drained: (() => void)[] = [];

  constructor(private readonly options: BatcherOptions<Payload, Result>) {
    this.free = [...options.lanes];
    this.lanes = options.lanes.length;
    this.clock = options.clock ?? systemClock;
    this.timers = options.timers ?? systemTimers;
  }

  /**
   * Queues a job and answers when all its parts have run.
   * @throws OVERLOADED with `retryAfterMs` where the queue is full, DEADLINE_EXCEEDED, CANCELLED, MODEL_UNAVAILABLE after closing,
   *   BAD_INPUT for a part without cost, or what the lane threw
   */
  async submit(job: Job<Payload>): Promise<JobReply<Result>> {
    const { parts, deadlineMs, signal } = job;
    if (this.closed ?? this.stopped) throw this.closed ?? this.stopped;
    if (signal?.aborted) throw cancelledError();
    for (const { cost } of parts) if (!(cost > 0 && cost < Infinity)) throw badInput('cost', `A part must cost more than 0 tokens, and not ${cost}.`);
    if (deadlineMs !== undefined && !(deadlineMs >= 0)) throw badInput('deadlineMs', `A deadline is a number of milliseconds of at least 0, not ${deadlineMs}.`);
    const now = this.clock.elapsed();
    if (parts.length === 0) return { results: [], totalMs: 0, busyMs: 0, batchMs: 0 };
    const pending = new PendingJob<Payload, Result>(job, now);
    const keys = this.keysOf(job, pending);
    this.admit(pending, keys.at(-1)!, deadlineMs);

    const late = deadlineMs === undefined ? undefined : this.timers.after(deadlineMs, () => this.give(pending, 'late', tooLateError(deadlineMs, 'it was not ready by then')));
    const cancel = (): void => this.give(pending, 'cancelled', cancelledError());
    signal?.addEventListener('abort', cancel, { once: true });
    pending.onSettled = () => {
      late?.();
      signal?.removeEventListener('abort', cancel);
      this.forget(pending);
    };
    this.jobs.add(pending);
    this.count(pending, 1, pending.waitingTokens);
    parts.forEach(({ payload, cost }, index) => this.queue.push(keys[index]!, { job: pending, index, payload, cost, key: keys[index]!, apart: false }));
    this.wake();
    return pending.reply;
  }

  /** Lanes with nothing to do: 0 where a job would have to wait. */
  get freeLanes(): number {
    return this.queue.size > 0 ? 0 : this.free.length;
  }

  stats(): BatcherStats {
    const { lanes, waiting, running } = this;
    return this.tally.stats({
      lanes,
      waiting: { ...waiting },
      running: { batches: running.size, tokens: sum([...running].map((batch) => batch.tokens)) },
      tokensPerSecond: (this.throughput.rate ?? 0) * 1000 * lanes,
    });
  }

  /** Takes no more jobs; resolves when those that were taken are answered. */
  async close(): Promise<void> {
    this.closed ??= new AdloomError('MODEL_UNAVAILABLE', 'The model has been closed.');
    for (const callOff of this.returning) callOff();
    if (this.jobs.size > 0 || this.running.size > 0) await new Promise<void>((resolve) => this.drained.push(resolve));
  }

  /** Parts of one turn share a key, so that a job of ordinary size is not interleaved with its equals. */
  private keysOf({ parts }: Job<Payload>, job: PendingJob<Payload, Result>): number[] {
    const turn = this.options.turn ?? 4 * this.options.budget;
    const weight = job.priority === 'background' ? BACKGROUND_WEIGHT : 1;
    let before = 0;
    return parts.map(({ cost }) => {
      const end = Math.min((Math.floor(before / turn) + 1) * turn, job.waitingTokens);
      before += cost;
      return this.work + weight * Math.max(end, cost);
    });
  }

  private admit(job: PendingJob<Payload, Result>, key: number, deadlineMs: number | undefined): void {
    const rate = this.throughput.rate;
    const ahead = (): number => {
      let tokens = sum([...this.running].map((batch) => batch.tokens));
      for (const { key: other, entry } of this.queue.entries()) if (other <= key && !entry.job.settled) tokens += entry.cost;
      return tokens;
    };
    const refusal = refusalOf(
      { priority: job.priority, tokens: job.waitingTokens, deadlineMs },
      { ...this.interactive, ahead, rate: rate === undefined ? undefined : rate * this.lanes },
      this.options.limits,
    );
    if (!refusal) return;
    this.tally.end(refusal.code === 'OVERLOADED' ? 'refused' : 'late');
    throw refusal;
  }

  /** An idle lane waits for company up to `maxWaitMs`, but not where there is a batch already. */
  private wake(): void {
    if (this.free.length === 0) return;
    const { maxWaitMs = 0, budget } = this.options;
    if (this.waiting.tokens >= budget * this.free.length) return this.pump();
    this.callOff ??= this.timers.after(maxWaitMs, () => this.pump());
  }

  private pump(): void {
    this.callOff?.();
    this.callOff = undefined;
    while (this.free.length > 0) {
      const batch = this.cut();
      if (!batch) return;
      void this.dispatch(this.free.pop()!, batch);
    }
  }

  /** The next parts in order, up to the budget; less where several lanes are free, so that each gets its share. */
  private cut(): Batch<Payload, Result> | undefined {
    const budget = Math.min(this.options.budget, Math.ceil(this.waiting.tokens / this.free.length));
    const entries: Entry<Payload, Result>[] = [];
    let tokens = 0;
    const now = this.clock.elapsed();
    for (let next = this.queue.peek(); next; next = this.queue.peek()) {
      const { submitted, deadline } = next.job;
      // A busy event loop may be here before the deadline's own timer.
      if (now > deadline) this.give(next.job, 'late', tooLateError(deadline - submitted, 'it was not ready by then'));
      if (next.job.settled) {
        this.queue.pop();
        continue;
      }
      const company = entries[0];
      if (company && (tokens + next.cost > budget || ((company.apart || next.apart) && company.job !== next.job))) break;
      this.queue.pop();
      entries.push(next);
      tokens += next.cost;
      next.job.waitingParts -= 1;
      next.job.waitingTokens -= next.cost;
      this.count(next.job, next.job.waitingParts === 0 ? -1 : 0, -next.cost);
    }
    return entries.length === 0 ? undefined : { entries, jobs: new Set(entries.map((entry) => entry.job)), tokens, abort: new AbortController() };
  }

  private async dispatch(lane: Lane<Payload, Result>, batch: Batch<Payload, Result>): Promise<void> {
    const { entries, jobs, tokens, abort } = batch;
    const began = this.clock.elapsed();
    this.work += tokens;
    this.running.add(batch);
    this.tally.batch(jobs.size, tokens);
    for (const job of jobs) job.begin(began);
    let results: readonly Result[] | undefined;
    let failure: unknown;
    try {
      results = await lane(entries.map((entry) => entry.payload), abort.signal);
      if (results.length !== entries.length) throw bug(`A lane answered ${entries.length} parts with ${results.length} results.`);
    } catch (error) {
      [results, failure] = [undefined, error];
    }
    const now = this.clock.elapsed();
    this.running.delete(batch);
    for (const job of jobs) job.end(now, began);
    if (results) {
      this.throughput.record(tokens, now - began);
      entries.forEach((entry, i) => entry.job.take(entry.index, results[i]!));
      for (const job of jobs) this.answer(job, now);
    }
    if (isGone(failure)) this.leaveOut(lane, failure.retryAfterMs);
    else this.free.push(lane);
    if (!results) this.retry(batch, failure);
    this.pump();
    if (this.jobs.size === 0 && this.running.size === 0) for (const done of this.drained.splice(0)) done();
  }

  /** A lane without a model is asked no more, or not before the time that it named. */
  private leaveOut(lane: Lane<Payload, Result>, retryAfterMs: number | undefined): void {
    this.lanes -= 1;
    if (retryAfterMs === undefined || this.closed) return;
    const callOff = this.timers.after(retryAfterMs, () => {
      this.returning.delete(callOff);
      this.lanes += 1;
      this.stopped = undefined;
      this.free.push(lane);
      this.pump();
    });
    this.returning.add(callOff);
  }

  /** What failed in company is tried again alone, and what failed with its lane on another; the rest fails. */
  private retry({ entries, jobs }: Batch<Payload, Result>, failure: unknown): void {
    const gone = isGone(failure);
    if (this.lanes === 0) {
      this.stopped = failure;
      for (const job of this.jobs) this.give(job, 'failed', failure);
    } else if (!gone && jobs.size === 1) {
      for (const job of jobs) this.give(job, 'failed', failure);
    }
    for (const entry of entries) {
      const { job, key, cost } = entry;
      if (job.settled) continue;
      entry.apart ||= !gone;
      this.queue.push(key, entry);
      job.waitingParts += 1;
      job.waitingTokens += cost;
      this.count(job, job.waitingParts === 1 ? 1 : 0, cost);
    }
  }

  private answer(job: PendingJob<Payload, Result>, now: number): void {
    if (job.settled) return;
    job.answerIfComplete(now);
    if (job.settled) void job.reply.then(({ totalMs, busyMs }) => this.tally.answer(totalMs - busyMs, busyMs));
  }

  private give(job: PendingJob<Payload, Result>, how: Ending, error: unknown): void {
    if (job.fail(error)) this.tally.end(how);
  }

  /** Its parts leave the queue's count at once and the queue itself when they come up; a batch that nobody waits for is called off. */
  private forget(job: PendingJob<Payload, Result>): void {
    this.jobs.delete(job);
    this.count(job, job.waitingParts > 0 ? -1 : 0, -job.waitingTokens);
    for (const batch of this.running) if (batch.jobs.has(job) && [...batch.jobs].every((each) => each.settled)) batch.abort.abort();
    if (this.jobs.size === 0 && this.running.size === 0) for (const done of this.drained.splice(0)) done();
  }

  private count(job: PendingJob<Payload, Result>, requests: number, tokens: number): void {
    for (const total of job.priority === 'interactive' ? [this.waiting, this.interactive] : [this.waiting]) {
      total.requests += requests;
      total.tokens += tokens;
    }
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function isGone(failure: unknown): failure is AdloomError {
  return isAdloomError(failure) && failure.code === 'MODEL_UNAVAILABLE';
}
