import type { Clock } from '../base/clock';
import type { FeedItem, JsonValue } from '../domain/entities/feed-item';
import type { FeedItem as Row } from './generated/client';
import { anyOf, empty, json, rows, sql, table, type Columns, type Db } from './sql';

export interface NewFeedItem {
  readonly advertiserId: string;
  readonly topic: string;
  readonly key: string;
  readonly payload: JsonValue;
}

export interface Feed {
  /** One statement; returns the items with their cursors, in the order given. Whoever reads a topic never sees a smaller cursor appear later. */
  append(items: readonly NewFeedItem[]): Promise<FeedItem[]>;
  /** Oldest first. `cursor` 0n reads from the start; `keys` keeps those keys alone. */
  after(advertiserId: string, topic: string, cursor: bigint, limit: number, keys?: readonly string[]): Promise<FeedItem[]>;
  /** The newest cursor of the topic, kept or not; 0n where there never was one. */
  latestCursor(advertiserId: string, topic: string): Promise<bigint>;
  /** The newest that was given out to anybody on any topic, kept or not. */
  lastGiven(): Promise<bigint>;
  /** The newest cursor of the topic that is no longer kept: whoever has not read as far has missed something. 0n where all is kept. */
  forgotten(advertiserId: string, topic: string): Promise<bigint>;
  /**
   * Removes the oldest, of every advertiser, up to the first that is not older; at most `limit`, returns how many. Of two at once one does
   * it and the other removes none.
   */
  prune(olderThan: Date, limit: number): Promise<number>;
}

export function feed(db: Db, clock: Clock): Feed {
  return {
    async append(items) {
      if (items.length === 0) return [];
      const now = clock.now();
      const numbered = items.map((item, position) => ({ ...item, position, now }));
      // Cursors are given out in the order of commits: a writer holds the topic's lock from before it takes a cursor until it
      // commits. Without it a reader could pass a cursor whose row appears a moment later, and never see it.
      const stored = await rows<Row>(db, sql`
        WITH given AS (SELECT * FROM ${table('given', numbered, COLUMNS)}),
        topics AS (SELECT DISTINCT hashtextextended(advertiser_id::text || topic, 0) AS lock FROM given ORDER BY lock),
        held AS MATERIALIZED (SELECT count(pg_advisory_xact_lock(lock)) AS locks FROM topics)
        INSERT INTO feed_items (advertiser_id, topic, key, payload, created_at)
        SELECT advertiser_id, topic, key, payload, created_at FROM given CROSS JOIN held WHERE held.locks > 0 ORDER BY position
        RETURNING *`);
      return stored.map(fromRow).toSorted((a, b) => (a.cursor < b.cursor ? -1 : 1));
    },
    async after(advertiserId, topic, cursor, limit, keys) {
      const found = await rows<Row>(db, sql`
        SELECT * FROM feed_items
        WHERE advertiser_id = ${advertiserId}::uuid AND topic = ${topic} AND cursor > ${cursor}::int8
          ${keys ? sql`AND ${anyOf('key', 'text', keys)}` : empty}
        ORDER BY cursor LIMIT ${limit}::int4`);
      return found.map(fromRow);
    },
    async latestCursor(advertiserId, topic) {
      const [row] = await rows<{ cursor: bigint | null }>(db, sql`
        SELECT coalesce(
          (SELECT max(cursor) FROM feed_items WHERE advertiser_id = ${advertiserId}::uuid AND topic = ${topic}),
          (SELECT cursor FROM feed_forgotten WHERE advertiser_id = ${advertiserId}::uuid AND topic = ${topic})) AS cursor`);
      return row?.cursor ?? 0n;
    },
    async forgotten(advertiserId, topic) {
      const [row] = await rows<{ cursor: bigint }>(db, sql`SELECT cursor FROM feed_forgotten WHERE advertiser_id = ${advertiserId}::uuid AND topic = ${topic}`);
      return row?.cursor ?? 0n;
    },
    async lastGiven() {
      const [row] = await rows<{ lastValue: bigint }>(db, sql`SELECT last_value FROM feed_items_cursor_seq`);
      return row!.lastValue;
    },
    async prune(olderThan, limit) {
      // In the order of cursors, never by time alone: where a clock was set back, a topic would lose an item between two that are kept.
      const [row] = await rows<{ gone: number }>(db, sql`
        WITH mine AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtextextended('feed.prune', 0)) AS free),
        oldest AS MATERIALIZED (SELECT cursor, created_at FROM feed_items WHERE (SELECT free FROM mine) ORDER BY cursor LIMIT ${limit}::int4),
        gone AS (
          DELETE FROM feed_items WHERE cursor IN (
            SELECT cursor FROM oldest WHERE cursor < ALL (SELECT cursor FROM oldest WHERE created_at >= ${olderThan}::timestamptz))
          RETURNING advertiser_id, topic, cursor),
        noted AS (
          INSERT INTO feed_forgotten AS known (advertiser_id, topic, cursor)
          SELECT advertiser_id, topic, max(cursor) FROM gone GROUP BY advertiser_id, topic
          ON CONFLICT (advertiser_id, topic) DO UPDATE SET cursor = greatest(known.cursor, excluded.cursor))
        SELECT count(*)::int4 AS gone FROM gone`);
      return row!.gone;
    },
  };
}

const COLUMNS: Columns<NewFeedItem & { position: number; now: Date }> = {
  position: ['int4', (item) => item.position],
  advertiser_id: ['uuid', (item) => item.advertiserId],
  topic: ['text', (item) => item.topic],
  key: ['text', (item) => item.key],
  payload: ['jsonb', (item) => json(item.payload)],
  created_at: ['timestamptz', (item) => item.now],
};

function fromRow(row: Row): FeedItem {
  return { ...row, payload: row.payload as JsonValue };
}
