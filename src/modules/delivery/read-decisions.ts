import type { Decision } from '../../domain/entities/decision';
import type { Dependencies } from '../dependencies';

export function decisionsByIds(deps: Dependencies, ids: readonly string[]): Promise<Decision[]> {
  return deps.store.decisions.byIds(deps.advertiserId, ids);
}
