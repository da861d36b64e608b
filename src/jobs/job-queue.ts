import { messageOf } from '../base/errors';
import type { Logger } from '../base/logger';
import type { JobQueue } from '../modules/dependencies';

export interface InProcessJobQueue extends JobQueue {
  /** Takes a waiting job out, or aborts a running one; false when there is none of that id. */
  cancel(kind: string, id: string): boolean;
  /** Waiting and running jobs. */
  size(): number;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
}

interface Job {
  readonly key: string;
  readonly kind: string;
  readonly id: string;
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly abort: AbortController;
}

/**
 * Jobs of this process, first come first served, at most `concurrency` at once; kinds that are `apart` take minutes or hours, and run one
 * at a time beside the others. It remembers nothing over a restart: what must
 * survive has a row in the store, and `resume` puts it back. A job that is waiting or running already is not taken twice.
 */
export function createJobQueue(logger: Logger, options: { concurrency?: number; apart?: readonly string[] } = {}): InProcessJobQueue {
  const { concurrency = 1, apart = [] } = options;
  const waiting: Job[] = [];
  const running = new Map<string, Job>();
  const idlers: (() => void)[] = [];
  let closed = false;

  const settle = (): void => {
    if (running.size === 0 && waiting.length === 0) for (const wake of idlers.splice(0)) wake();
  };
  const mayRun = ({ kind }: Job): boolean => {
    const kinds = Array.from(running.values(), (job) => job.kind);
    return apart.includes(kind) ? !kinds.includes(kind) : kinds.filter((each) => !apart.includes(each)).length < concurrency;
  };
  const pump = (): void => {
    for (;;) {
      const next = waiting.findIndex(mayRun);
      if (next < 0) return;
      const [job] = waiting.splice(next, 1) as [Job];
      running.set(job.key, job);
      // A job may throw before its first await; neither that nor a rejection may reach the process.
      void Promise.resolve()
        .then(() => (job.abort.signal.aborted ? undefined : job.work(job.abort.signal)))
        .catch((error: unknown) => logger.error('a job failed', { kind: job.kind, id: job.id, error: messageOf(error) }))
        .finally(() => {
          running.delete(job.key);
          pump();
          settle();
        });
    }
  };
  const idle = (): Promise<void> =>
    running.size === 0 && waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve));

  return {
    enqueue(kind, id, work) {
      const key = `${kind} ${id}`;
      if (closed || running.has(key) || waiting.some((job) => job.key === key)) return;
      waiting.push({ key, kind, id, work, abort: new AbortController() });
      pump();
    },
    cancel(kind, id) {
      const key = `${kind} ${id}`;
      const index = waiting.findIndex((job) => job.key === key);
      if (index >= 0) {
        waiting.splice(index, 1);
        settle();
        return true;
      }
      const job = running.get(key);
      job?.abort.abort();
      return job !== undefined;
    },
    size: () => waiting.length + running.size,
    idle,
    async close(graceMs = 10_000) {
      closed = true;
      waiting.length = 0;
      if (running.size === 0) return;
      const done = idle();
      const timer = setTimeout(() => {
        for (const job of running.values()) job.abort.abort();
      }, graceMs);
      await done;
      clearTimeout(timer);
    },
  };
}
