import { notFound } from '../../base/errors';
import type { TrainingRun } from '../../domain/entities/training-run';
import type { Dependencies } from '../dependencies';
import { dropCheckpoints } from './checkpoints';
import { trainingProgress } from './training-progress';

/** Ends a run where it stands, in whichever process it runs, within a second or two; nothing of it serves. A run that has ended is returned as it is. */
export async function cancelTraining(deps: Dependencies, { runId }: { readonly runId: string }): Promise<TrainingRun> {
  const cancelled = await deps.store.transaction(async (tx) => {
    const run = await tx.trainingRuns.finish(deps.advertiserId, runId, 'CANCELLED');
    if (run) await deps.bus.record(tx, 'trainingProgress', trainingProgress(run));
    return run;
  });
  if (cancelled) {
    deps.bus.wake('trainingProgress');
    // Whoever is at it drops them when it stops; where nobody is, nobody else would.
    await dropCheckpoints(deps, cancelled);
    return cancelled;
  }
  const [run] = await deps.store.trainingRuns.byIds(deps.advertiserId, [runId]);
  if (!run) throw notFound('training run');
  return run;
}
