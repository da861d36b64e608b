import { notFound } from '../../base/errors';
import type { GenerationJob } from '../../domain/entities/generation-job';
import type { Dependencies } from '../dependencies';
import { generationProgress } from './generation-progress';

/** Ends a job where it stands; what it has written stays. A job that has ended is returned as it is. */
export async function cancelGeneration(deps: Dependencies, input: { readonly jobId: string }): Promise<GenerationJob> {
  const cancelled = await deps.store.transaction(async (tx) => {
    const job = await tx.generationJobs.finish(deps.advertiserId, input.jobId, 'CANCELLED');
    if (job !== null) await deps.bus.record(tx, 'generationProgress', generationProgress(job));
    return job;
  });
  if (cancelled !== null) {
    deps.bus.wake('generationProgress');
    return cancelled;
  }
  const [job] = await deps.store.generationJobs.byIds(deps.advertiserId, [input.jobId]);
  if (!job) throw notFound('generation job');
  return job;
}
