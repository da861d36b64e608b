import type { Outcome } from '../../domain/entities/outcome';
import type { Dependencies } from '../dependencies';

export function outcomesByIds(deps: Dependencies, ids: readonly string[]): Promise<Outcome[]> {
  return deps.store.outcomes.byIds(deps.advertiserId, ids);
}
