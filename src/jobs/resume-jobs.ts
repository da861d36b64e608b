import { enqueueGeneration } from '../modules/generation/generate-creatives';
import { enqueueTraining } from '../modules/learning/start-training';
import type { Dependencies } from '../modules/dependencies';

/** Puts the jobs that a stop or a crash cut off back into the queue; returns how many. */
export async function resumeJobs(deps: Dependencies): Promise<number> {
  const unfinished = await deps.store.generationJobs.unfinished();
  const own = unfinished.filter((job) => job.advertiserId === deps.advertiserId);
  for (const job of own) enqueueGeneration(deps, job.id);
  const runs = (await deps.store.trainingRuns.unfinished()).filter((run) => run.advertiserId === deps.advertiserId);
  for (const run of runs) enqueueTraining(deps, run.id);
  return own.length + runs.length;
}
