import { enqueueGeneration } from '../modules/generation/generate-creatives';
import { enqueueTraining } from '../modules/learning/start-training';
import type { Dependencies } from '../modules/dependencies';

/** What a process left that died is nobody's a minute later. */
const EVERY_MS = 15_000;

/** Takes up generation jobs and training runs that nobody is at, whichever process left them; those that another is at are left alone. Returns how many. */
export async function resumeJobs(deps: Dependencies): Promise<number> {
  const now = deps.clock.now();
  const [jobs, runs] = [await deps.store.generationJobs.waiting(deps.advertiserId, now), await deps.store.trainingRuns.waiting(deps.advertiserId, now)];
  for (const id of jobs) enqueueGeneration(deps, id);
  for (const id of runs) enqueueTraining(deps, id);
  return jobs.length + runs.length;
}

/** Looks for such work from time to time, as a job among the others; returns what stops it. */
export function resumeJobsAlways(deps: Dependencies, everyMs = EVERY_MS): () => void {
  const timer = setInterval(() => deps.jobs.enqueue('resumeJobs', 'all', async () => void (await resumeJobs(deps))), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
