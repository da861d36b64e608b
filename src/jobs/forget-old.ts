import type { Dependencies } from '../modules/dependencies';
import { forgetOld, type Retention } from '../modules/forget-old';

/** The kind of the job: a first look at a large table takes minutes, beside the other jobs. */
export const FORGETTING = 'forgetOld';

/** Often, for little at a time. */
const EVERY_MS = 60_000;

/** Forgets from time to time, first at once, what is older than it is to be kept; returns what stops it. Several processes do no harm: the steps of one pass over those of another. */
export function forgetOldAlways(deps: Dependencies, retention: Retention, everyMs = EVERY_MS): () => void {
  const look = (): void => deps.jobs.enqueue(FORGETTING, 'all', async (signal) => void (await forgetOld(deps, retention, signal)));
  look();
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
