/** What goes into the batcher and what comes out. Nothing here knows what an item is: only what it costs. */
import type { Clock } from '../../base/clock';
import type { Timers } from './timers';

/** A piece of a job that is never cut. */
export interface Part<Payload> {
  readonly payload: Payload;
  /** Tokens, about; greater than 0. */
  readonly cost: number;
}

/** Somebody waits for an interactive job; a background job takes a quarter of its share and is never refused for a full queue. */
export type Priority = 'interactive' | 'background';

export interface Job<Payload> {
  readonly parts: readonly Part<Payload>[];
  /** Interactive unless told. */
  readonly priority?: Priority;
  /** Milliseconds from now after which the answer is of no use: the job then rejects with DEADLINE_EXCEEDED. */
  readonly deadlineMs?: number;
  /** Aborting drops what still waits; the job rejects with CANCELLED. */
  readonly signal?: AbortSignal;
}

export interface JobReply<Result> {
  /** One per part, in order. */
  readonly results: Result[];
  /** From submission to answer, in milliseconds. */
  readonly totalMs: number;
  /** Of these, while at least one lane worked on the job. */
  readonly busyMs: number;
  /** Sum over its batches of their time, shared with whoever was in them. */
  readonly batchMs: number;
}

/** Runs one batch: results in the order of the payloads. Aborting says that nobody waits for it any more. */
export type Lane<Payload, Result> = (payloads: readonly Payload[], signal: AbortSignal) => Promise<readonly Result[]>;

/** What may wait. Reaching either refuses interactive jobs with OVERLOADED and a hint when to come back. */
export interface QueueLimits {
  readonly tokens: number;
  readonly requests: number;
}

export interface BatcherOptions<Payload, Result> {
  /** Each runs one batch at a time; all take from one queue. */
  readonly lanes: readonly Lane<Payload, Result>[];
  /** Most tokens of one batch; a part that costs more goes alone. */
  readonly budget: number;
  readonly limits: QueueLimits;
  /** How long an idle lane waits for company; 0 gathers what comes in one turn of the event loop. */
  readonly maxWaitMs?: number;
  /** Tokens that a job may have done in one go before others of its age come in between; 4 budgets unless told. */
  readonly turn?: number;
  readonly clock?: Clock;
  readonly timers?: Timers;
}
