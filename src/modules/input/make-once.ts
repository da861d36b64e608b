import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';
import { checkKey, once, recordedOnce, rehearse } from './once';

export interface Making {
  readonly operation: string;
  readonly idempotencyKey?: string | null;
  /** Only find what would refuse it, and leave nothing behind. */
  readonly validateOnly?: boolean | null;
  /** What was asked, beside key and dry run. */
  readonly request: unknown;
}

/**
 * `once` for a verb that callers may also ask to be checked alone: null then. A retry is answered with what its first call made, though that
 * could not be made any more.
 * @param prepare makes it out of the request, or refuses; not run for a retry
 * @param keep stores it and returns its id
 */
export async function makeOnce<Made>(
  deps: Dependencies,
  { operation, idempotencyKey: key, validateOnly, request }: Making,
  prepare: () => Made | Promise<Made>,
  keep: (tx: Queries, made: Made) => Promise<string>,
): Promise<{ id: string; fresh: boolean } | null> {
  checkKey(key);
  const known = key == null ? null : await recordedOnce(deps, operation, key, request);
  if (known !== null) return validateOnly ? null : { id: known, fresh: false };
  const made = await prepare();
  const make = (tx: Queries): Promise<string> => keep(tx, made);
  if (!validateOnly) return once(deps, operation, key, request, make);
  await rehearse(deps, operation, key, request, make);
  return null;
}
