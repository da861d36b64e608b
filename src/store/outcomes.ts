import type { Outcome } from '../domain/entities/outcome';
import type { Page, PageRequest } from './page';
import type { Outcome as Row } from './generated/client';
import { pageQuery, type SortKeys } from './page-query';
import { all, amount, anyOf, names, rows, sql, table, type Columns, type Db } from './sql';

export interface RecordedOutcomes {
  /** Those that were new. */
  readonly recorded: readonly Outcome[];
  /** Caller's ids that were seen before, in this call or an earlier one. */
  readonly repeatedOutcomeIds: readonly string[];
  /** Caller's ids whose creative is not there. */
  readonly unknownCreativeOutcomeIds: readonly string[];
}

export interface OutcomeFilter {
  readonly creativeIds?: readonly string[];
  readonly kinds?: readonly Outcome['kind'][];
}

export type OutcomeSortField = 'OCCURRED_AT';

export interface Outcomes {
  byIds(advertiserId: string, ids: readonly string[]): Promise<Outcome[]>;
  page(advertiserId: string, filter: OutcomeFilter, request: PageRequest<OutcomeSortField>): Promise<Page<Outcome>>;
  /**
   * One statement, which also adds to the creatives' counts: an outcome is counted exactly once, or not stored.
   * The campaign stored is the creative's, whatever was given.
   */
  record(outcomes: readonly Outcome[]): Promise<RecordedOutcomes>;
}

export function outcomes(db: Db): Outcomes {
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      return rows<Row>(db, sql`SELECT * FROM outcomes WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
    },
    async page(advertiserId, filter, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'OCCURRED_AT', direction: 'DESC' }, 'o');
      const matching = all(
        sql`o.advertiser_id = ${advertiserId}::uuid`,
        anyOf('o.creative_id', 'uuid', filter.creativeIds),
        anyOf('o.kind', '"OutcomeKind"', filter.kinds),
      );
      const found = await rows<Row>(db, sql`SELECT o.* FROM outcomes o WHERE ${matching} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, (row) => row);
    },
    async record(items) {
      if (items.length === 0) return { recorded: [], repeatedOutcomeIds: [], unknownCreativeOutcomeIds: [] };
      // Creatives are locked first and in one order, so that two batches never wait for each other. The sums are of what
      // was really inserted: a repeat, in this batch or of an earlier one, adds nothing.
      const answers = await rows<Row & { known: boolean }>(db, sql`
        WITH given AS (SELECT * FROM ${table('given', items, COLUMNS)}),
        held AS MATERIALIZED (
          SELECT c.advertiser_id, c.id, c.campaign_id FROM creatives c
          WHERE (c.advertiser_id, c.id) IN (SELECT advertiser_id, creative_id FROM given)
          ORDER BY c.id FOR NO KEY UPDATE
        ),
        made AS (
          INSERT INTO outcomes (${names(COLUMNS)}, campaign_id)
          SELECT ${names(COLUMNS, 'given.')}, held.campaign_id
          FROM given JOIN held ON held.advertiser_id = given.advertiser_id AND held.id = given.creative_id
          ON CONFLICT DO NOTHING RETURNING *
        ),
        sums AS (
          SELECT advertiser_id, creative_id,
            coalesce(sum(count) FILTER (WHERE kind = 'IMPRESSION'), 0) AS impressions,
            coalesce(sum(count) FILTER (WHERE kind = 'CLICK'), 0) AS clicks,
            coalesce(sum(count) FILTER (WHERE kind = 'CONVERSION'), 0) AS conversions,
            coalesce(sum(value_micros), 0) AS value_micros
          FROM made GROUP BY advertiser_id, creative_id
        ),
        counted AS (
          UPDATE creatives c SET
            impressions = c.impressions + s.impressions, clicks = c.clicks + s.clicks,
            conversions = c.conversions + s.conversions, value_micros = ${amount('c.value_micros + s.value_micros')}
          FROM sums s WHERE c.advertiser_id = s.advertiser_id AND c.id = s.creative_id
        )
        SELECT made.*, TRUE AS known FROM made
        UNION ALL
        SELECT given.id, given.advertiser_id, given.outcome_id, NULL::uuid, given.creative_id, given.profile_id, given.decision_id,
          given.kind, given.count, given.value_micros, given.occurred_at, given.received_at, held.id IS NOT NULL
        FROM given LEFT JOIN held ON held.advertiser_id = given.advertiser_id AND held.id = given.creative_id
        WHERE NOT EXISTS (SELECT FROM made WHERE made.id = given.id)`);
      const recorded: Outcome[] = [];
      const repeatedOutcomeIds: string[] = [];
      const unknownCreativeOutcomeIds: string[] = [];
      for (const { known, ...row } of answers) {
        if (!known) unknownCreativeOutcomeIds.push(row.outcomeId);
        else if (row.campaignId === null) repeatedOutcomeIds.push(row.outcomeId);
        else recorded.push(row);
      }
      return { recorded, repeatedOutcomeIds, unknownCreativeOutcomeIds };
    },
  };
}

const SORT_KEYS: SortKeys<OutcomeSortField, Row> = {
  OCCURRED_AT: { column: 'occurred_at', type: 'timestamptz', read: (row) => row.occurredAt },
};

const COLUMNS: Columns<Outcome> = {
  id: ['uuid', (o) => o.id],
  advertiser_id: ['uuid', (o) => o.advertiserId],
  outcome_id: ['text', (o) => o.outcomeId],
  creative_id: ['uuid', (o) => o.creativeId],
  profile_id: ['uuid', (o) => o.profileId],
  decision_id: ['uuid', (o) => o.decisionId],
  kind: ['"OutcomeKind"', (o) => o.kind],
  count: ['int4', (o) => o.count],
  value_micros: ['int8', (o) => o.valueMicros],
  occurred_at: ['timestamptz', (o) => o.occurredAt],
  received_at: ['timestamptz', (o) => o.receivedAt],
};
