import type { GenerationJob } from '../../domain/entities/generation-job';
import type { Message } from '../bus';

/** What `generationProgress` tells; record it in the transaction of the change. */
export function generationProgress(job: GenerationJob, newCreativeIds: readonly string[] = []): Message {
  return {
    key: job.campaignId,
    payload: {
      jobId: job.id,
      campaignId: job.campaignId,
      status: job.status,
      requested: job.requested,
      done: job.done,
      rejected: job.rejected,
      creativeIds: newCreativeIds,
      error: job.error === null ? null : { ...job.error },
    },
  };
}
