import { enqueueGeneration } from '../modules/generation/generate-creatives';
import { enqueueTraining } from '../modules/learning/start-training';
import type { Dependencies } from '../modules/dependencies';

/** A run whose process died is nobody's a minute later. */
const EVERY_MS = 15_000;

/** Puts the jobs that a stop or a crash cut off back into the queue; returns how many. */
export async function resumeJobs(deps: Dependencies): Promise<number> {
  const unfinished = await deps.store.generationJobs.unfinished();
  const own = unfinished.filter((job) => job.advertiserId === deps.advertiserId);
  for (const job of own) enqueueGeneration(deps, job.id);
  return own.length + (await resumeTraining(deps));
}

/** Takes up training runs that nobody is at, whichever process left them; those that another is at are left alone. Returns how many. */
export async function resumeTraining(deps: Dependencies): Promise<number> {
  const runs = (await deps.store.trainingRuns.waiting(deps.clock.now())).filter((run) => run.advertiserId === deps.advertiserId);
  for (const run of runs) enqueueTraining(deps, run.id);
  return runs.length;
}

/** Looks for such runs from time to time, as a job among the others; returns what stops it. */
export function resumeTrainingAlways(deps: Dependencies, everyMs = EVERY_MS): () => void {
  let serial = 0;
  const timer = setInterval(() => deps.jobs.enqueue('resumeTraining', String(++serial), async () => void (await resumeTraining(deps))), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
