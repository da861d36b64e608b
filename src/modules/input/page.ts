import type { PageRequest, Sort } from '../../store/page';
import { checkInteger } from './amounts';
import { Checker } from './problems';

export type { Edge, Page, PageRequest, Sort } from '../../store/page';

export const LONGEST_PAGE = 100;
export const DEFAULT_PAGE = 20;

/** What a caller asks of a list. */
export interface PageInput<Field extends string> {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly sort?: Sort<Field> | null;
}

/** A page request within bounds; whether the cursor is one of ours is for the store to say. */
export function pageRequest<Field extends string>(input: PageInput<Field>): PageRequest<Field> {
  const first = input.first ?? DEFAULT_PAGE;
  const check = new Checker();
  checkInteger(check, 'first', first, 1, LONGEST_PAGE);
  if (input.after != null && input.after.length > 1_000) check.add('after', 'after is no cursor of this list.', 'Use a cursor from an earlier page.');
  check.orThrow();
  return { first, after: input.after ?? null, ...(input.sort ? { sort: input.sort } : {}) };
}
