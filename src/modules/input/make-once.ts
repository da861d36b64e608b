import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';
import { once, rehearse } from './once';

export interface Making {
  readonly operation: string;
  readonly idempotencyKey?: string | null;
  /** Only find what would refuse it, and leave nothing behind. */
  readonly validateOnly?: boolean | null;
  /** What was asked, beside key and dry run. */
  readonly request: unknown;
}

/** `once` for a verb that callers may also ask to be checked alone: null then. */
export async function makeOnce(
  deps: Dependencies,
  { operation, idempotencyKey, validateOnly, request }: Making,
  make: (tx: Queries) => Promise<string>,
): Promise<{ id: string; fresh: boolean } | null> {
  if (!validateOnly) return once(deps, operation, idempotencyKey, request, make);
  await rehearse(deps, operation, idempotencyKey, request, make);
  return null;
}
