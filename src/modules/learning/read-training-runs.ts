import type { TrainingRun } from '../../domain/entities/training-run';
import type { TrainingRunFilter } from '../../store/training-runs';
import type { Dependencies } from '../dependencies';
import { pageRequest, type Page, type PageInput } from '../input/page';

export type { TrainingRunFilter } from '../../store/training-runs';

export function trainingRunsByIds(deps: Dependencies, ids: readonly string[]): Promise<TrainingRun[]> {
  return deps.store.trainingRuns.byIds(deps.advertiserId, ids);
}

/** Newest first. */
export function listTrainingRuns(deps: Dependencies, input: { filter: TrainingRunFilter; page: PageInput<'CREATED_AT'> }): Promise<Page<TrainingRun>> {
  return deps.store.trainingRuns.page(deps.advertiserId, input.filter, pageRequest(input.page));
}
