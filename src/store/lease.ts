import { raw, rows, sql, type Db, type Sql } from './sql';

/** One attempt at a piece of work that any process may take up, and until when it is nobody else's. */
export interface Lease {
  readonly owner: string;
  readonly now: Date;
  readonly until: Date;
}

/** No lease lasts as long, whatever two clocks differ by: one that ends later was written by a clock that has been set back since. */
const LONGEST_MS = 10 * 60_000;

/** Queued, or running and its lease has run out. */
export const nobodyIsAt = (now: Date): Sql => sql`
  (status = 'QUEUED' OR (status = 'RUNNING' AND coalesce(lease_until <= ${now}::timestamptz OR lease_until > ${new Date(now.getTime() + LONGEST_MS)}::timestamptz, TRUE)))`;

/** At most: the rest is found when these are taken. */
const MOST_WAITING = 1_000;

/** Ids of what nobody is at, the oldest first. Read off the index of advertiser and status: what has ended, most of the table, is not looked at. */
export async function waitingIds(db: Db, table: 'generation_jobs' | 'training_runs', advertiserId: string, now: Date): Promise<string[]> {
  const found = await rows<{ id: string }>(db, sql`
    SELECT id FROM ${raw(table)} WHERE advertiser_id = ${advertiserId}::uuid AND ${nobodyIsAt(now)} ORDER BY created_at, id LIMIT ${MOST_WAITING}::int4`);
  return found.map(({ id }) => id);
}

export const runningBy = (owner: string): Sql => sql`status = 'RUNNING' AND owner_id = ${owner}::uuid`;

/** Sets that go with a row's status. */
export const takenBy = ({ owner, now, until }: Lease): Sql =>
  sql`status = 'RUNNING', started_at = coalesce(started_at, ${now}::timestamptz), owner_id = ${owner}::uuid, lease_until = ${until}::timestamptz`;
export const heldUntil = (until: Date): Sql => sql`lease_until = ${until}::timestamptz`;
export const LEFT: Sql = sql`owner_id = NULL, lease_until = NULL`;
