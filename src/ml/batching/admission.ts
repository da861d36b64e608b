/** Whether a job may join the queue: refusing early is kinder than answering too late. */
import { AdloomError } from '../../base/errors';
import { tooLateError } from './pending-job';
import type { Priority, QueueLimits } from './types';

export interface Arrival {
  readonly priority: Priority;
  readonly tokens: number;
  readonly deadlineMs: number | undefined;
}

export interface QueueState {
  /** Interactive jobs and their tokens that wait. */
  readonly requests: number;
  readonly tokens: number;
  /** Tokens that would be served before the arrival, those at work included. */
  readonly ahead: () => number;
  /** Tokens per millisecond of all lanes together; undefined before anything was measured. */
  readonly rate: number | undefined;
}

/** The wait that is told where nothing was measured yet. */
const UNKNOWN_WAIT_MS = 1_000;
const LEAST_WAIT_MS = 50;
const MOST_WAIT_MS = 60_000;

/**
 * The error to refuse an arrival with, or undefined.
 * A job that finds nothing before it is always let in, however large and however little time it has: an estimate that nothing ever
 * corrects could refuse for good.
 */
export function refusalOf(arrival: Arrival, queue: QueueState, limits: QueueLimits): AdloomError | undefined {
  const { priority, tokens, deadlineMs } = arrival;
  const full = queue.requests > 0 && (queue.requests + 1 > limits.requests || queue.tokens + tokens > limits.tokens);
  if (full && priority === 'interactive') return overloaded(queue, tokens, limits);
  if (deadlineMs === undefined || queue.rate === undefined) return undefined;
  const ahead = queue.ahead();
  const expectedMs = (ahead + tokens) / queue.rate;
  return ahead > 0 && expectedMs > deadlineMs ? tooLateError(deadlineMs, `at the present load it would take about ${Math.ceil(expectedMs)} ms`) : undefined;
}

function overloaded(queue: QueueState, tokens: number, limits: QueueLimits): AdloomError {
  // Until there is room by tokens and by requests: the mean request among those that wait has to go first.
  const over = Math.max(queue.tokens + tokens - limits.tokens, queue.requests + 1 > limits.requests ? queue.tokens / queue.requests : 0);
  const wait = queue.rate === undefined ? UNKNOWN_WAIT_MS : over / queue.rate;
  const retryAfterMs = Math.ceil(Math.min(Math.max(wait, LEAST_WAIT_MS), MOST_WAIT_MS));
  return new AdloomError('OVERLOADED', `The model is busy: ${queue.requests} requests of about ${Math.round(queue.tokens)} tokens wait; at most ${limits.requests} requests and ${limits.tokens} tokens may.`, {
    hint: `Try again in ${retryAfterMs} ms, ask for less at once, or set a deadline where a quick rough answer is enough.`,
    retryAfterMs,
  });
}
