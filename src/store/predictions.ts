import type { Explanation, Prediction } from '../domain/entities/prediction';
import type { Page, PageRequest } from './page';
import type { Prediction as Row } from './generated/client';
import { grouped } from './grouped';
import { pageQuery, type SortKeys } from './page-query';
import { all, anyOf, json, names, rows, sql, table, when, type Columns, type Db } from './sql';

export interface PredictionFilter {
  readonly campaignIds?: readonly string[];
  readonly creativeIds?: readonly string[];
  readonly profileIds?: readonly string[];
  readonly modelVersionIds?: readonly string[];
  readonly rankingIds?: readonly string[];
  /** Made at or after, and before. */
  readonly since?: Date;
  readonly until?: Date;
}

export type PredictionSortField = 'CREATED_AT' | 'P_CLICK' | 'EXPECTED_VALUE' | 'RANK';

export interface Predictions {
  byIds(advertiserId: string, ids: readonly string[]): Promise<Prediction[]>;
  page(advertiserId: string, filter: PredictionFilter, request: PageRequest<PredictionSortField>): Promise<Page<Prediction>>;
  /** One statement: newest first, at most `limitPerCreative` of each. Every id given is in the map. */
  latestByCreativeIds(
    advertiserId: string,
    creativeIds: readonly string[],
    filter?: Pick<PredictionFilter, 'profileIds' | 'modelVersionIds'>,
    limitPerCreative?: number,
  ): Promise<Map<string, Prediction[]>>;
  latestByProfileIds(advertiserId: string, profileIds: readonly string[], limitPerProfile: number): Promise<Map<string, Prediction[]>>;
  /**
   * One statement; returns the ids stored. A prediction whose creative or profile is gone is dropped rather than
   * failing the batch, and one that was stored before is ignored: a flush may be tried again.
   */
  append(predictions: readonly Prediction[]): Promise<string[]>;
}

export function predictions(db: Db): Predictions {
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM predictions WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async page(advertiserId, filter, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'CREATED_AT', direction: 'DESC' }, 'p');
      const matching = all(
        sql`p.advertiser_id = ${advertiserId}::uuid`,
        anyOf('p.campaign_id', 'uuid', filter.campaignIds),
        anyOf('p.creative_id', 'uuid', filter.creativeIds),
        anyOf('p.profile_id', 'uuid', filter.profileIds),
        anyOf('p.model_version_id', 'uuid', filter.modelVersionIds),
        anyOf('p.ranking_id', 'uuid', filter.rankingIds),
        when(filter.since, (since) => sql`p.created_at >= ${since}::timestamptz`),
        when(filter.until, (until) => sql`p.created_at < ${until}::timestamptz`),
      );
      const found = await rows<Row>(db, sql`SELECT p.* FROM predictions p WHERE ${matching} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, fromRow);
    },
    async latestByCreativeIds(advertiserId, creativeIds, filter = {}, limitPerCreative = 1) {
      const matching = all(
        sql`advertiser_id = ${advertiserId}::uuid`,
        anyOf('profile_id', 'uuid', filter.profileIds),
        anyOf('model_version_id', 'uuid', filter.modelVersionIds),
      );
      const found = await rows<Row>(db, sql`
        SELECT p.* FROM unnest(${[...creativeIds]}::uuid[]) AS parent(id)
        CROSS JOIN LATERAL (
          SELECT * FROM predictions WHERE ${matching} AND creative_id = parent.id
          ORDER BY created_at DESC, id DESC LIMIT ${limitPerCreative}::int4
        ) p
        ORDER BY p.creative_id, p.created_at DESC, p.id DESC`);
      return grouped(creativeIds, found.map(fromRow), (prediction) => prediction.creativeId);
    },
    async latestByProfileIds(advertiserId, profileIds, limitPerProfile) {
      const found = await rows<Row>(db, sql`
        SELECT p.* FROM unnest(${[...profileIds]}::uuid[]) AS parent(id)
        CROSS JOIN LATERAL (
          SELECT * FROM predictions WHERE advertiser_id = ${advertiserId}::uuid AND profile_id = parent.id
          ORDER BY created_at DESC, id DESC LIMIT ${limitPerProfile}::int4
        ) p
        ORDER BY p.profile_id, p.created_at DESC, p.id DESC`);
      return grouped(profileIds, found.map(fromRow), (prediction) => prediction.profileId!);
    },
    async append(items) {
      if (items.length === 0) return [];
      const stored = await rows<{ id: string }>(db, sql`
        INSERT INTO predictions (${names(COLUMNS)})
        SELECT ${names(COLUMNS, 'given.')} FROM ${table('given', items, COLUMNS)}
        WHERE EXISTS (SELECT FROM creatives c WHERE c.advertiser_id = given.advertiser_id AND c.id = given.creative_id)
          AND (given.profile_id IS NULL
            OR EXISTS (SELECT FROM profiles p WHERE p.advertiser_id = given.advertiser_id AND p.id = given.profile_id))
        ON CONFLICT DO NOTHING RETURNING id`);
      return stored.map(({ id }) => id);
    },
  };
}

const SORT_KEYS: SortKeys<PredictionSortField, Row> = {
  CREATED_AT: { column: 'created_at', type: 'timestamptz', read: (row) => row.createdAt },
  P_CLICK: { column: 'p_click', type: 'float8', read: (row) => row.pClick },
  EXPECTED_VALUE: { column: 'expected_value_micros', type: 'int8', read: (row) => row.expectedValueMicros },
  RANK: { column: 'rank', type: 'int4', read: (row) => row.rank },
};

const COLUMNS: Columns<Prediction> = {
  id: ['uuid', (p) => p.id],
  advertiser_id: ['uuid', (p) => p.advertiserId],
  campaign_id: ['uuid', (p) => p.campaignId],
  creative_id: ['uuid', (p) => p.creativeId],
  profile_id: ['uuid', (p) => p.profileId],
  model_version_id: ['uuid', (p) => p.modelVersionId],
  ranking_id: ['uuid', (p) => p.rankingId],
  p_click: ['float8', (p) => p.pClick],
  p_conversion: ['float8', (p) => p.pConversion],
  uncertainty: ['float8', (p) => p.uncertainty],
  expected_value_micros: ['int8', (p) => p.expectedValueMicros],
  currency: ['char', (p) => p.currency],
  rank: ['int4', (p) => p.rank],
  explanation: ['jsonb', (p) => p.explanation && json(p.explanation)],
  creative_version: ['int4', (p) => p.creativeVersion],
  profile_version: ['int4', (p) => p.profileVersion],
  device: ['text', (p) => p.device],
  tokenise_ms: ['float8', (p) => p.timing.tokeniseMs],
  queue_ms: ['float8', (p) => p.timing.queueMs],
  inference_ms: ['float8', (p) => p.timing.inferenceMs],
  created_at: ['timestamptz', (p) => p.createdAt],
};

function fromRow(row: Row): Prediction {
  const { tokeniseMs, queueMs, inferenceMs, ...rest } = row;
  return { ...rest, explanation: row.explanation as unknown as Explanation | null, timing: { tokeniseMs, queueMs, inferenceMs } };
}
