import { AdloomError } from '../../base/errors';
import type { Job, JobReply, Priority } from './types';

/** One job between its submission and its answer: which of its parts wait or run, and where its time went. */
export class PendingJob<Payload, Result> {
  readonly reply: Promise<JobReply<Result>>;
  readonly priority: Priority;
  /** Moment on the clock after which it is too late. */
  readonly deadline: number;
  /** Parts and tokens that no lane has taken yet. */
  waitingParts: number;
  waitingTokens: number;
  settled = false;
  /** Called once, when it is answered or given up. */
  onSettled: () => void = () => undefined;
  private readonly results: Result[] = [];
  private unanswered: number;
  private running = 0;
  private busySince = 0;
  private busyMs = 0;
  private batchMs = 0;
  private resolve!: (reply: JobReply<Result>) => void;
  private reject!: (error: unknown) => void;

  constructor(job: Job<Payload>, readonly submitted: number) {
    this.priority = job.priority ?? 'interactive';
    this.deadline = submitted + (job.deadlineMs ?? Infinity);
    this.waitingParts = this.unanswered = job.parts.length;
    this.waitingTokens = job.parts.reduce((sum, { cost }) => sum + cost, 0);
    this.reply = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** A batch that holds some of its parts begins. */
  begin(now: number): void {
    if (this.running++ === 0) this.busySince = now;
  }

  /** Such a batch ends, well or not. */
  end(now: number, began: number): void {
    if (--this.running === 0) this.busyMs += now - this.busySince;
    this.batchMs += now - began;
  }

  take(index: number, result: Result): void {
    this.results[index] = result;
    this.unanswered -= 1;
  }

  answerIfComplete(now: number): void {
    if (this.unanswered > 0 || !this.settle()) return;
    this.resolve({ results: this.results, totalMs: now - this.submitted, busyMs: this.busyMs, batchMs: this.batchMs });
  }

  /** False where it was settled before. */
  fail(error: unknown): boolean {
    if (!this.settle()) return false;
    this.reject(error);
    return true;
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.onSettled();
    return true;
  }
}

export function cancelledError(): AdloomError {
  return new AdloomError('CANCELLED', 'The call was cancelled.');
}

export function tooLateError(deadlineMs: number, why: string): AdloomError {
  return new AdloomError('DEADLINE_EXCEEDED', `The answer was wanted within ${Math.round(deadlineMs)} ms; ${why}.`, {
    hint: 'Allow more time, ask for less at once, or try again when the service is less busy.',
  });
}
