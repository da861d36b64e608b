import type { Dependencies } from '../modules/dependencies';
import { releaseExpired } from '../modules/delivery/release-expired';

/** Decisions expire after an hour: a minute more or less frees the same budget. */
const EVERY_MS = 60_000;

/** Frees expired decisions' budget from time to time, as a job among the others; returns what stops it. */
export function sweepExpired(deps: Dependencies, everyMs = EVERY_MS): () => void {
  const timer = setInterval(() => deps.jobs.enqueue('sweepExpired', 'all', async () => void (await releaseExpired(deps))), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
