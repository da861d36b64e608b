import type { Dependencies } from '../dependencies';

/** Frees what decisions hold that nobody saw in time; returns how many. */
export async function releaseExpired(deps: Pick<Dependencies, 'store' | 'clock' | 'advertiserId'>): Promise<number> {
  let released = 0;
  for (;;) {
    const some = await deps.store.spending.releaseExpired(deps.advertiserId, deps.clock.now());
    if (some === 0) return released;
    released += some;
  }
}
