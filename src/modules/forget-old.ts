import type { Store } from '../store/store';
import type { Dependencies } from './dependencies';

/** For how many days an event of the feed can be resumed from, and an idempotency key is known. */
export interface Retention {
  readonly feedDays: number;
  readonly retryDays: number;
}

const DAY = 86_400_000;
/** Rows in one statement: few enough that nobody who writes beside it notices. */
const STEP = 250;

/** Forgets events and idempotency keys that are older, of every advertiser, step by step until none is left or `signal` aborts; returns how many. */
export async function forgetOld({ store, clock }: Pick<Dependencies, 'store' | 'clock'>, { feedDays, retryDays }: Retention, signal?: AbortSignal): Promise<{ events: number; keys: number }> {
  const before = (days: number): Date => new Date(clock.now().getTime() - days * DAY);
  const stepwise = async (prune: Store['feed']['prune'], olderThan: Date): Promise<number> => {
    for (let gone = 0; ; ) {
      const some = signal?.aborted ? 0 : await prune(olderThan, STEP);
      if (some === 0) return gone;
      gone += some;
    }
  };
  const events = await stepwise(store.feed.prune, before(feedDays));
  const keys = await stepwise(store.idempotency.prune, before(retryDays));
  if (events + keys > 0) await store.reclaim();
  return { events, keys };
}
