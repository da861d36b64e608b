import { messageOf } from '../../base/errors';
import type { Lease } from '../../store/lease';
import type { Dependencies } from '../dependencies';

/** So long after it was last heard of work is another's to take up; clocks of two machines may differ by less. */
const LEASE_MS = 60_000;
const HEARTBEAT_MS = 15_000;

/** One process at one piece of work: its own while its heartbeat is heard, here and in other processes. */
export interface Attempt {
  readonly owner: string;
  /** Aborts when the work was found ended, or another's. */
  readonly lost: AbortSignal;
  lose(): void;
  /** The lease as of now: what a store's `take` and `hold` want. */
  lease(): Lease;
  /** Prolongs the lease from time to time until it is told to stop. A beat that fails is followed by the next: only one that finds the work gone loses it. */
  keepUp(hold: (lease: Lease) => Promise<boolean>, everyMs?: number): () => void;
}

export function newAttempt({ clock, ids, logger }: Pick<Dependencies, 'clock' | 'ids' | 'logger'>): Attempt {
  const owner = ids.next();
  const lost = new AbortController();
  const lease = (): Lease => {
    const now = clock.now();
    return { owner, now, until: new Date(now.getTime() + LEASE_MS) };
  };
  return {
    owner,
    lost: lost.signal,
    lose: () => lost.abort(),
    lease,
    keepUp(hold, everyMs = HEARTBEAT_MS) {
      const beat = async (): Promise<void> => {
        try {
          if (!(await hold(lease()))) lost.abort();
        } catch (error) {
          logger.warn('a heartbeat could not be written', { owner, error: messageOf(error) });
        }
      };
      const timer = setInterval(() => void beat(), everyMs);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
