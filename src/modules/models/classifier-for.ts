import type { Vertical } from '../../domain/entities/campaign';
import type { Dependencies } from '../dependencies';
import type { Classifier } from './live-models';

export type { Classifier, ServingClassifier } from './live-models';

/**
 * Which classifier serves a vertical at this moment, or the one that an experiment names, where that is of the vertical; null where it does not serve. Ask once per
 * request, and use what it said to the end of it.
 */
export function classifierFor(deps: Pick<Dependencies, 'liveModels'>, vertical: Vertical, named?: string): Classifier | null {
  return named === undefined ? deps.liveModels.classifier(vertical) : deps.liveModels.named(named, vertical);
}
