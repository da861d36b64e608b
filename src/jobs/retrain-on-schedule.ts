import type { Dependencies } from '../modules/dependencies';
import { retrainWhereDue, type RetrainSetting } from '../modules/learning/retrain-where-due';

/** Days and weeks are counted from run to run: looking every quarter of an hour is early enough. */
const EVERY_MS = 15 * 60_000;

/** Looks from time to time which vertical is due for training, as a job among the others; returns what stops it. */
export function retrainOnSchedule(deps: Dependencies, setting: RetrainSetting, everyMs = EVERY_MS): () => void {
  if (setting === 'off') return () => undefined;
  const look = (): void => deps.jobs.enqueue('retrain', 'all', async () => void (await retrainWhereDue(deps, setting)));
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
