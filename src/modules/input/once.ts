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
  return deps.store.transaction((tx) => onceIn(tx, deps, { operation, key, request, make }));
}

/** A dry run of `once`: finds all that would refuse it, and leaves nothing behind. */
export async function rehearse(deps: Dependencies, operation: string, key: string | null | undefined, request: unknown, make: (tx: Queries) => Promise<string>): Promise<void> {
  const undo = new Error('A dry run ends here.');
  await deps.store
    .transaction(async (tx) => {
      await onceIn(tx, deps, { operation, key, request, make });
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
}

interface Call {
  readonly operation: string;
  readonly key: string | null | undefined;
  readonly request: unknown;
  readonly make: (tx: Queries) => Promise<string>;
}

async function onceIn(tx: Queries, deps: Dependencies, { operation, key, request, make }: Call): Promise<{ id: string; fresh: boolean }> {
  if (key == null) return { id: await make(tx), fresh: true };
  checkKey(key);
  const requestHash = hashOf(request);
  const claim = await tx.idempotency.claim(deps.advertiserId, operation, key, requestHash);
  if (claim.state === 'new') {
    const id = await make(tx);
    await tx.idempotency.finish(deps.advertiserId, operation, key, id);
    return { id, fresh: true };
  }
  refuseOther(key, claim.requestHash, requestHash);
  return { id: String(claim.result), fresh: false };
}

/** @throws InputProblems */
export function checkKey(key: string | null | undefined): void {
  const check = new Checker();
  checkText(check, 'idempotencyKey', key, { max: 200 });
  check.orThrow();
}

/** What `once` kept for the key, without running anything; null where it has not run (or has not ended). */
export async function recordedOnce(deps: Dependencies, operation: string, key: string, request: unknown): Promise<string | null> {
  const known = await deps.store.idempotency.find(deps.advertiserId, operation, key);
  if (known === null || known.result === null) return null;
  refuseOther(key, known.requestHash, hashOf(request));
  return String(known.result);
}

function refuseOther(key: string, known: string, requestHash: string): void {
  if (known === requestHash) return;
  throw new AdloomError('CONFLICT', `The idempotency key ${JSON.stringify(key)} was used for another request.`, {
    field: 'idempotencyKey',
    hint: 'Send a new key with a new request; repeat a key only to repeat its request.',
  });
}

function hashOf(request: unknown): string {
  return createHash('sha256').update(canonical(request)).digest('hex');
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
