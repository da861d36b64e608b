import type { GenerationJob } from '../../domain/entities/generation-job';
import type { Dependencies } from '../dependencies';

export function generationJobsByIds(deps: Dependencies, ids: readonly string[]): Promise<GenerationJob[]> {
  return deps.store.generationJobs.byIds(deps.advertiserId, ids);
}

/** Newest first, at most `limit` of each campaign. */
export function generationJobsByCampaignIds(
  deps: Dependencies,
  input: { readonly campaignIds: readonly string[]; readonly limit: number },
): Promise<Map<string, GenerationJob[]>> {
  return deps.store.generationJobs.latestByCampaignIds(deps.advertiserId, input.campaignIds, input.limit);
}
