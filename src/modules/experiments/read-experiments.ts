import type { Experiment } from '../../domain/entities/experiment';
import type { ExperimentFilter } from '../../store/experiments';
import type { Dependencies } from '../dependencies';
import { pageRequest, type Page, type PageInput } from '../input/page';

export type { ExperimentFilter } from '../../store/experiments';

/** Unknown ids are absent; in no particular order. */
export function experimentsByIds(deps: Dependencies, ids: readonly string[]): Promise<Experiment[]> {
  return deps.store.experiments.byIds(deps.advertiserId, ids);
}

export function listExperiments(deps: Dependencies, input: { filter: ExperimentFilter; page: PageInput<'CREATED_AT'> }): Promise<Page<Experiment>> {
  return deps.store.experiments.page(deps.advertiserId, input.filter, pageRequest(input.page), deps.clock.now());
}

/** An experiment whose time is over has ended, whether or not somebody said so. */
export function statusAt(experiment: Experiment, now: Date): Experiment['status'] {
  return experiment.endsAt !== null && experiment.endsAt <= now ? 'ENDED' : experiment.status;
}
