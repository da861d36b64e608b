import type { Vertical } from '../../domain/entities/campaign';
import type { Dependencies } from '../dependencies';

/** One exact classifier: the base alone, or an adapter over it. */
export interface ServingClassifier {
  readonly modelVersionId: string;
  /** What the scorer knows the adapter by; absent for the base alone. */
  readonly adapter?: string;
}

export interface Classifier extends ServingClassifier {
  /** Scores beside it and serves nothing. */
  readonly shadow?: ServingClassifier;
}

/** Which classifier serves a vertical now, or the one that an experiment names; null where it does not serve. */
export function classifierFor(deps: Pick<Dependencies, 'modelVersionIds'>, _vertical: Vertical, named?: string): Classifier | null {
  const { classifier } = deps.modelVersionIds;
  if (named !== undefined && named !== classifier) return null;
  return classifier === null ? null : { modelVersionId: classifier };
}
