import type { Prediction } from '../../domain/entities/prediction';
import type { PredictionFilter, PredictionSortField } from '../../store/predictions';
import type { Dependencies } from '../dependencies';
import { checkedFilter } from '../input/filter';
import { pageRequest, type Page, type PageInput } from '../input/page';

export type { PredictionFilter, PredictionSortField } from '../../store/predictions';

/*
 * Rankings answer before their predictions are kept. Whoever ranks and then reads expects to find what was computed, so that
 * every read empties the buffer first; when nothing waits, this costs nothing.
 */

export async function predictionsByIds(deps: Dependencies, ids: readonly string[]): Promise<Prediction[]> {
  await deps.predictions.flush();
  return deps.store.predictions.byIds(deps.advertiserId, ids);
}

export async function listPredictions(
  deps: Dependencies,
  input: { filter: PredictionFilter; page: PageInput<PredictionSortField> },
): Promise<Page<Prediction>> {
  const request = pageRequest(input.page);
  const filter = checkedFilter(input.filter);
  await deps.predictions.flush();
  return deps.store.predictions.page(deps.advertiserId, filter, request);
}

/** The latest prediction of each creative, for one person (`profileId`) or whoever it was made for. */
export async function latestPredictionByCreativeIds(
  deps: Dependencies,
  input: { creativeIds: readonly string[]; profileId: string | null },
): Promise<Map<string, Prediction>> {
  await deps.predictions.flush();
  const filter = input.profileId === null ? {} : { profileIds: [input.profileId] };
  const latest = await deps.store.predictions.latestByCreativeIds(deps.advertiserId, input.creativeIds, filter, 1);
  return new Map([...latest].flatMap(([creativeId, rows]) => (rows[0] ? [[creativeId, rows[0]] as const] : [])));
}

export async function latestPredictionsByProfileIds(
  deps: Dependencies,
  input: { profileIds: readonly string[]; limit: number },
): Promise<Map<string, Prediction[]>> {
  await deps.predictions.flush();
  return deps.store.predictions.latestByProfileIds(deps.advertiserId, input.profileIds, input.limit);
}
