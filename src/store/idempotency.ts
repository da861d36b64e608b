import type { Clock } from '../base/clock';
import type { JsonValue } from '../domain/entities/feed-item';
import { json, rows, sql, type Db } from './sql';

export type Claim =
  | { readonly state: 'new' }
  /** Claimed before, for the request of that hash. `result` is null while that one has not finished. */
  | { readonly state: 'known'; readonly requestHash: string; readonly result: JsonValue | null };

/** The caller's keys. Used inside the transaction of the effect, so that key and effect are kept or lost together. */
export interface Idempotency {
  /** Of two at once, the second waits for the first to end. */
  claim(advertiserId: string, operation: string, key: string, requestHash: string): Promise<Claim>;
  /** What is known of a key, claiming nothing; null where it was never used. */
  find(advertiserId: string, operation: string, key: string): Promise<{ readonly requestHash: string; readonly result: JsonValue | null } | null>;
  /** Keeps what a repeat is to be given. */
  finish(advertiserId: string, operation: string, key: string, result: JsonValue): Promise<void>;
  /** Forgets what was claimed before, of every advertiser; at most `limit`, returns how many. Several at once take none twice. */
  prune(olderThan: Date, limit: number): Promise<number>;
}

export function idempotency(db: Db, clock: Clock): Idempotency {
  const find: Idempotency['find'] = async (advertiserId, operation, key) => {
    const [known] = await rows<{ requestHash: string; result: JsonValue | null }>(db, sql`
      SELECT request_hash, result FROM idempotency_keys
      WHERE advertiser_id = ${advertiserId}::uuid AND operation = ${operation} AND key = ${key}`);
    return known ?? null;
  };
  return {
    find,
    async claim(advertiserId, operation, key, requestHash) {
      // One statement: a key that is known stays locked, so that it cannot be forgotten before it is read. Its xmax tells it from a new one.
      const [row] = await rows<{ fresh: boolean; requestHash: string; result: JsonValue | null }>(db, sql`
        INSERT INTO idempotency_keys (advertiser_id, operation, key, request_hash, created_at)
        VALUES (${advertiserId}::uuid, ${operation}, ${key}, ${requestHash}, ${clock.now()}::timestamptz)
        ON CONFLICT (advertiser_id, operation, key) DO UPDATE SET key = excluded.key
        RETURNING xmax = 0 AS fresh, request_hash, result`);
      const { fresh, ...known } = row!;
      return fresh ? { state: 'new' } : { state: 'known', ...known };
    },
    async finish(advertiserId, operation, key, result) {
      await db.$executeRaw(sql`
        UPDATE idempotency_keys SET result = ${json(result)}::jsonb, completed_at = ${clock.now()}::timestamptz
        WHERE advertiser_id = ${advertiserId}::uuid AND operation = ${operation} AND key = ${key}`);
    },
    // A key that somebody is at is left for the next time.
    prune: (olderThan, limit) => db.$executeRaw(sql`
      DELETE FROM idempotency_keys WHERE (advertiser_id, operation, key) IN (
        SELECT advertiser_id, operation, key FROM idempotency_keys WHERE created_at < ${olderThan}::timestamptz
        ORDER BY created_at LIMIT ${limit}::int4 FOR UPDATE SKIP LOCKED)`),
  };
}
