import { sql, type Sql } from './sql';

/** One attempt at a piece of work that any process may take up, and until when it is nobody else's. */
export interface Lease {
  readonly owner: string;
  readonly now: Date;
  readonly until: Date;
}

/** Queued, or running and its lease has run out. */
export const nobodyIsAt = (now: Date): Sql => sql`(status = 'QUEUED' OR (status = 'RUNNING' AND coalesce(lease_until <= ${now}::timestamptz, TRUE)))`;

export const runningBy = (owner: string): Sql => sql`status = 'RUNNING' AND owner_id = ${owner}::uuid`;

/** Sets that go with a row's status. */
export const takenBy = ({ owner, now, until }: Lease): Sql =>
  sql`status = 'RUNNING', started_at = coalesce(started_at, ${now}::timestamptz), owner_id = ${owner}::uuid, lease_until = ${until}::timestamptz`;
export const heldUntil = (until: Date): Sql => sql`lease_until = ${until}::timestamptz`;
export const LEFT: Sql = sql`owner_id = NULL, lease_until = NULL`;
