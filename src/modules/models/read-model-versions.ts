import type { ModelVersion } from '../../domain/entities/model-version';
import type { ModelVersionFilter } from '../../store/model-versions';
import type { Dependencies } from '../dependencies';

export type { ModelVersionFilter } from '../../store/model-versions';

export function modelVersionsByIds(deps: Dependencies, ids: readonly string[]): Promise<ModelVersion[]> {
  return deps.store.modelVersions.byIds(deps.advertiserId, ids);
}

/** Newest first. There are as many as there were trainings: few enough for one list. */
export function listModelVersions(deps: Dependencies, filter: ModelVersionFilter): Promise<ModelVersion[]> {
  return deps.store.modelVersions.list(deps.advertiserId, filter);
}
