import type { Decision } from '../../domain/entities/decision';
import type { DecisionFilter } from '../../store/decisions';
import type { Dependencies } from '../dependencies';
import { pageRequest, type Page, type PageInput } from '../input/page';

export type { DecisionFilter } from '../../store/decisions';

export function decisionsByIds(deps: Dependencies, ids: readonly string[]): Promise<Decision[]> {
  return deps.store.decisions.byIds(deps.advertiserId, ids);
}

export async function listDecisions(deps: Dependencies, input: { filter: DecisionFilter; page: PageInput<'CREATED_AT'> }): Promise<Page<Decision>> {
  return deps.store.decisions.page(deps.advertiserId, input.filter, pageRequest(input.page));
}
