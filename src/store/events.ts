import type { BehaviourEvent, EventKind } from '../domain/entities/event';
import type { Page, PageRequest } from './page';
import type { BehaviourEvent as Row } from './generated/client';
import { pageQuery, type SortKeys } from './page-query';
import { grouped } from './grouped';
import { all, anyOf, insertion, rows, sql, table, type Columns, type Db } from './sql';

export interface EventFilter {
  readonly profileIds?: readonly string[];
  readonly kinds?: readonly EventKind[];
}

export type EventSortField = 'OCCURRED_AT';

export interface Moment {
  readonly profileId: string;
  readonly at: Date;
}

export interface Events {
  byIds(advertiserId: string, ids: readonly string[]): Promise<BehaviourEvent[]>;
  page(advertiserId: string, filter: EventFilter, request: PageRequest<EventSortField>): Promise<Page<BehaviourEvent>>;
  /** Newest first, at most `limitPerProfile` of each. */
  latestByProfileIds(advertiserId: string, profileIds: readonly string[], limitPerProfile: number): Promise<Map<string, BehaviourEvent[]>>;
  /**
   * For each moment what was known of the person then: events that had happened and had been told of before it, oldest first, the latest
   * `limit`; by the place of the moment.
   */
  knownAt(advertiserId: string, moments: readonly Moment[], limit: number): Promise<BehaviourEvent[][]>;
  /** One statement. Events whose caller's id was seen before are ignored and absent from the result. */
  record(events: readonly BehaviourEvent[]): Promise<BehaviourEvent[]>;
}

export function events(db: Db): Events {
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      return rows<Row>(db, sql`SELECT * FROM behaviour_events WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
    },
    async page(advertiserId, filter, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'OCCURRED_AT', direction: 'DESC' }, 'e');
      const matching = all(
        sql`e.advertiser_id = ${advertiserId}::uuid`,
        anyOf('e.profile_id', 'uuid', filter.profileIds),
        anyOf('e.kind', '"EventKind"', filter.kinds),
      );
      const found = await rows<Row>(db, sql`SELECT e.* FROM behaviour_events e WHERE ${matching} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, (row) => row);
    },
    async latestByProfileIds(advertiserId, profileIds, limitPerProfile) {
      const found = await rows<Row>(db, sql`
        SELECT e.* FROM unnest(${[...profileIds]}::uuid[]) AS parent(id)
        CROSS JOIN LATERAL (
          SELECT * FROM behaviour_events
          WHERE advertiser_id = ${advertiserId}::uuid AND profile_id = parent.id
          ORDER BY occurred_at DESC, id DESC LIMIT ${limitPerProfile}::int4
        ) e
        ORDER BY e.profile_id, e.occurred_at DESC, e.id DESC`);
      return grouped(profileIds, found, (row) => row.profileId);
    },
    async knownAt(advertiserId, moments, limit) {
      const known: BehaviourEvent[][] = moments.map(() => []);
      if (moments.length === 0) return known;
      const numbered = moments.map((moment, place) => ({ ...moment, place }));
      const found = await rows<Row & { place: number }>(db, sql`
        SELECT given.place, e.* FROM ${table('given', numbered, MOMENTS)}
        CROSS JOIN LATERAL (
          SELECT * FROM behaviour_events
          WHERE advertiser_id = ${advertiserId}::uuid AND profile_id = given.profile_id AND occurred_at < given.at AND received_at <= given.at
          ORDER BY occurred_at DESC, id DESC LIMIT ${limit}::int4
        ) e
        ORDER BY given.place, e.occurred_at, e.id`);
      for (const { place, ...event } of found) known[place]!.push(event);
      return known;
    },
    async record(items) {
      if (items.length === 0) return [];
      return rows<Row>(db, sql`${insertion('behaviour_events', items, COLUMNS)} ON CONFLICT DO NOTHING RETURNING *`);
    },
  };
}

const SORT_KEYS: SortKeys<EventSortField, Row> = {
  OCCURRED_AT: { column: 'occurred_at', type: 'timestamptz', read: (row) => row.occurredAt },
};

const MOMENTS: Columns<Moment & { place: number }> = {
  place: ['int4', (m) => m.place],
  profile_id: ['uuid', (m) => m.profileId],
  at: ['timestamptz', (m) => m.at],
};

const COLUMNS: Columns<BehaviourEvent> = {
  id: ['uuid', (e) => e.id],
  advertiser_id: ['uuid', (e) => e.advertiserId],
  profile_id: ['uuid', (e) => e.profileId],
  event_id: ['text', (e) => e.eventId],
  kind: ['"EventKind"', (e) => e.kind],
  item_text: ['text', (e) => e.itemText],
  category: ['text', (e) => e.category],
  value: ['float8', (e) => e.value],
  occurred_at: ['timestamptz', (e) => e.occurredAt],
  received_at: ['timestamptz', (e) => e.receivedAt],
};
