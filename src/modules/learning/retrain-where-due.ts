import { isAdloomError } from '../../base/errors';
import { VERTICALS, type Vertical } from '../../domain/entities/campaign';
import type { TrainingRun, TrainingTrigger } from '../../domain/entities/training-run';
import type { Dependencies } from '../dependencies';
import { driftOf } from './drift';
import { startTraining } from './start-training';

export const RETRAIN_SETTINGS = ['off', 'daily', 'weekly'] as const;
export type RetrainSetting = (typeof RETRAIN_SETTINGS)[number];

const HOUR = 3_600_000;
const PERIOD: Readonly<Record<Exclude<RetrainSetting, 'off'>, number>> = { daily: 24 * HOUR, weekly: 7 * 24 * HOUR };
/** After a run drift starts no other for so long: what the last one could not mend, the next one an hour later cannot either. */
const PATIENCE = 12 * HOUR;

/**
 * Starts to train the classifier of each vertical whose time has come, or whose live model has drifted, and that has decisions since its
 * last run. Never two at once for a vertical, in whichever process. What passes the gate waits to be promoted.
 */
export async function retrainWhereDue(deps: Dependencies, every: Exclude<RetrainSetting, 'off'>): Promise<TrainingRun[]> {
  const started: TrainingRun[] = [];
  for (const vertical of VERTICALS) {
    const trigger = await triggerFor(deps, vertical, PERIOD[every]);
    if (trigger === null) continue;
    try {
      const run = await startTraining(deps, { kind: 'CLASSIFIER', vertical, trigger });
      if (run) started.push(run);
    } catch (error) {
      // Another process was faster, or nothing can be tuned here.
      if (!isAdloomError(error) || error.code !== 'CONFLICT') throw error;
    }
  }
  return started;
}

async function triggerFor(deps: Dependencies, vertical: Vertical, period: number): Promise<TrainingTrigger | null> {
  const { edges: [latest] } = await deps.store.trainingRuns.page(deps.advertiserId, { kinds: ['CLASSIFIER'], verticals: [vertical] }, { first: 1, after: null });
  const last = latest?.node;
  if (last && (last.status === 'QUEUED' || last.status === 'RUNNING')) return null;
  const now = deps.clock.now();
  const [fresh] = await deps.store.decisions.seen(deps.advertiserId, { vertical, until: now, ...(last ? { from: last.logUntil } : {}), limit: 1 });
  if (!fresh) return null;
  const age = last ? now.getTime() - last.createdAt.getTime() : Infinity;
  if (age >= period) return 'SCHEDULE';
  if (age < PATIENCE) return null;
  const drift = await driftOf(deps, vertical);
  if (!drift?.why) return null;
  deps.logger.info('a live model has drifted', { vertical, why: drift.why, decisions: drift.decisions });
  return 'DRIFT';
}
