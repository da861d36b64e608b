import { createHash } from 'node:crypto';
import { AdloomError } from '../../base/errors';
import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';
import { Checker } from './problems';
import { checkText } from './text';

/**
 * Runs `make` at most once for a caller's idempotency key, in one transaction with the record of having done so: a retry gets
 * the first call's result, a crash half-way leaves neither. Without a key every call is a new one.
 * @param request what was asked; the same key with another request is refused
 * @param make does the work and returns the id of what it made
 * @returns the id, and whether this call made it
 */
export async function once(
  deps: Dependencies,
  operation: string,
  key: string | null | undefined,
  request: unknown,
  make: (tx: Queries) => Promise<string>,
): Promise<{ id: string; fresh: boolean }> {
  if (key == null) return { id: await deps.store.transaction(make), fresh: true };
  const check = new Checker();
  checkText(check, 'idempotencyKey', key, { max: 200 });
  check.orThrow();
  const requestHash = createHash('sha256').update(canonical(request)).digest('hex');
  return deps.store.transaction(async (tx) => {
    const claim = await tx.idempotency.claim(deps.advertiserId, operation, key, requestHash);
    if (claim.state === 'new') {
      const id = await make(tx);
      await tx.idempotency.finish(deps.advertiserId, operation, key, id);
      return { id, fresh: true };
    }
    if (claim.requestHash !== requestHash) {
      throw new AdloomError('CONFLICT', `The idempotency key ${JSON.stringify(key)} was used for another request.`, {
        field: 'idempotencyKey',
        hint: 'Send a new key with a new request; repeat a key only to repeat its request.',
      });
    }
    return { id: String(claim.result), fresh: false };
  });
}

/** JSON with sorted keys; big integers as text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`;
    if (each !== null && typeof each === 'object' && !Array.isArray(each) && !(each instanceof Date)) {
      return Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    }
    return each;
  }) ?? '';
}
