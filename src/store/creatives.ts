import type { Creative, CreativeCounts, CreativeOrigin, CreativeStatus, Finding, Provenance } from '../domain/entities/creative';
import type { Page, PageRequest } from './page';
import type { Creative as Row, Prisma } from './generated/client';
import { grouped } from './grouped';
import { pageQuery, type SortKeys } from './page-query';
import { all, anyOf, contains, insertion, json, rows, sql, when, type Columns, type Db, type Sql } from './sql';

export interface CreativeFilter {
  readonly campaignIds?: readonly string[];
  readonly statuses?: readonly CreativeStatus[];
  readonly origins?: readonly CreativeOrigin[];
  /** Part of the headline or body, any case. */
  readonly search?: string;
}

export type CreativeSortField = 'CREATED_AT' | 'UPDATED_AT' | 'IMPRESSIONS' | 'CLICKS' | 'HEADLINE';

/** The words alone, for the search for duplicates. */
export type CreativeText = Pick<Creative, 'id' | 'headline' | 'body' | 'callToAction'>;

export interface Creatives {
  byIds(advertiserId: string, ids: readonly string[]): Promise<Creative[]>;
  byExternalIds(advertiserId: string, campaignId: string, externalIds: readonly string[]): Promise<Creative[]>;
  /** Of every creative, whatever its status. */
  ids(advertiserId: string): Promise<string[]>;
  page(advertiserId: string, filter: CreativeFilter, request: PageRequest<CreativeSortField>): Promise<Page<Creative>>;
  count(advertiserId: string, filter: CreativeFilter): Promise<number>;
  /** One statement: the same page of each campaign. Every id given is in the map. */
  pageByCampaignIds(
    advertiserId: string,
    campaignIds: readonly string[],
    filter: Omit<CreativeFilter, 'campaignIds'>,
    request: PageRequest<CreativeSortField>,
  ): Promise<Map<string, Page<Creative>>>;
  /** Fresh counts alone; unknown ids are absent. */
  countByCampaignIds(advertiserId: string, campaignIds: readonly string[], filter: Omit<CreativeFilter, 'campaignIds'>): Promise<Map<string, number>>;
  /** Every text of a campaign but the archived, newest first. */
  textsByCampaign(advertiserId: string, campaignId: string): Promise<CreativeText[]>;
  /** One statement. Those whose id exists, or whose external id the campaign has, are left alone and are absent from the result. */
  insertMany(creatives: readonly Creative[]): Promise<Creative[]>;
  /**
   * Writes copy, status, findings and review note over the row that has the expected version; never counts, origin or provenance.
   * Null when there is no such row with that version.
   */
  update(creative: Creative, expectedVersion: number): Promise<Creative | null>;
}

export function creatives(db: Db): Creatives {
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM creatives WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async byExternalIds(advertiserId, campaignId, externalIds) {
      if (externalIds.length === 0) return [];
      const found = await rows<Row>(db, sql`
        SELECT * FROM creatives
        WHERE advertiser_id = ${advertiserId}::uuid AND campaign_id = ${campaignId}::uuid AND ${anyOf('external_id', 'text', externalIds)}`);
      return found.map(fromRow);
    },
    async ids(advertiserId) {
      const found = await rows<Pick<Row, 'id'>>(db, sql`SELECT id FROM creatives WHERE advertiser_id = ${advertiserId}::uuid`);
      return found.map(({ id }) => id);
    },
    async page(advertiserId, filter, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'CREATED_AT', direction: 'DESC' }, 'c');
      const found = await rows<Row>(db, sql`SELECT c.* FROM creatives c WHERE ${matching(advertiserId, filter)} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, fromRow);
    },
    async count(advertiserId, filter) {
      const [row] = await rows<{ count: bigint }>(db, sql`SELECT count(*) AS count FROM creatives c WHERE ${matching(advertiserId, filter)}`);
      return Number(row?.count ?? 0n);
    },
    async pageByCampaignIds(advertiserId, campaignIds, filter, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'CREATED_AT', direction: 'DESC' }, 'c');
      const found = await rows<Row>(db, sql`
        SELECT child.* FROM unnest(${[...campaignIds]}::uuid[]) AS parent(id)
        CROSS JOIN LATERAL (
          SELECT c.* FROM creatives c
          WHERE ${matching(advertiserId, filter)} AND c.campaign_id = parent.id AND ${page.where} ${page.orderAndLimit}
        ) child
        ORDER BY child.campaign_id, ${page.order('child')}`);
      const groups = grouped(campaignIds, found, (row) => row.campaignId);
      return new Map([...groups].map(([id, children]) => [id, page.toPage(children, fromRow)]));
    },
    async countByCampaignIds(advertiserId, campaignIds, filter) {
      const found = await rows<{ campaignId: string; count: bigint }>(db, sql`
        SELECT c.campaign_id, count(*) AS count FROM creatives c
        WHERE ${matching(advertiserId, { ...filter, campaignIds })} GROUP BY c.campaign_id`);
      const numbers = new Map(found.map((row) => [row.campaignId, Number(row.count)]));
      return new Map(campaignIds.map((id) => [id, numbers.get(id) ?? 0]));
    },
    textsByCampaign: (advertiserId, campaignId) =>
      rows<CreativeText>(db, sql`
        SELECT id, headline, body, call_to_action FROM creatives
        WHERE advertiser_id = ${advertiserId}::uuid AND campaign_id = ${campaignId}::uuid AND status <> 'ARCHIVED'
        ORDER BY created_at DESC, id DESC`),
    async insertMany(items) {
      if (items.length === 0) return [];
      const made = await rows<Row>(db, sql`${insertion('creatives', items, COLUMNS)} ON CONFLICT DO NOTHING RETURNING *`);
      return made.map(fromRow);
    },
    async update(creative, expectedVersion) {
      const { advertiserId, id } = creative;
      const [saved] = await db.creative.updateManyAndReturn({
        where: { advertiserId, id, version: expectedVersion },
        data: { ...changeable(creative), version: expectedVersion + 1 },
      });
      return saved ? fromRow(saved) : null;
    },
  };
}

const SORT_KEYS: SortKeys<CreativeSortField, Row> = {
  CREATED_AT: { column: 'created_at', type: 'timestamptz', read: (row) => row.createdAt },
  UPDATED_AT: { column: 'updated_at', type: 'timestamptz', read: (row) => row.updatedAt },
  IMPRESSIONS: { column: 'impressions', type: 'int8', read: (row) => row.impressions },
  CLICKS: { column: 'clicks', type: 'int8', read: (row) => row.clicks },
  HEADLINE: { column: 'headline', type: 'text', read: (row) => row.headline },
};

function matching(advertiserId: string, filter: CreativeFilter): Sql {
  return all(
    sql`c.advertiser_id = ${advertiserId}::uuid`,
    anyOf('c.campaign_id', 'uuid', filter.campaignIds),
    anyOf('c.status', '"CreativeStatus"', filter.statuses),
    anyOf('c.origin', '"CreativeOrigin"', filter.origins),
    when(filter.search, (search) => sql`(${contains('c.headline', search)} OR ${contains('c.body', search)})`),
  );
}

const COLUMNS: Columns<Creative> = {
  id: ['uuid', (c) => c.id],
  advertiser_id: ['uuid', (c) => c.advertiserId],
  campaign_id: ['uuid', (c) => c.campaignId],
  external_id: ['text', (c) => c.externalId],
  headline: ['text', (c) => c.headline],
  body: ['text', (c) => c.body],
  call_to_action: ['text', (c) => c.callToAction],
  image_url: ['text', (c) => c.imageUrl],
  origin: ['"CreativeOrigin"', (c) => c.origin],
  status: ['"CreativeStatus"', (c) => c.status],
  version: ['int4', (c) => c.version],
  findings: ['jsonb', (c) => json(c.findings)],
  provenance: ['jsonb', (c) => c.provenance && json(c.provenance)],
  review_note: ['text', (c) => c.reviewNote],
  impressions: ['int8', (c) => c.counts.impressions],
  clicks: ['int8', (c) => c.counts.clicks],
  conversions: ['int8', (c) => c.counts.conversions],
  value_micros: ['int8', (c) => c.counts.valueMicros],
  created_at: ['timestamptz', (c) => c.createdAt],
  updated_at: ['timestamptz', (c) => c.updatedAt],
};

function changeable(c: Creative): Prisma.CreativeUpdateManyMutationInput {
  return {
    headline: c.headline,
    body: c.body,
    callToAction: c.callToAction,
    imageUrl: c.imageUrl,
    status: c.status,
    findings: c.findings as unknown as Prisma.InputJsonArray,
    reviewNote: c.reviewNote,
    updatedAt: c.updatedAt,
  };
}

function counts(row: Pick<Row, 'impressions' | 'clicks' | 'conversions' | 'valueMicros'>): CreativeCounts {
  return { impressions: Number(row.impressions), clicks: Number(row.clicks), conversions: Number(row.conversions), valueMicros: row.valueMicros };
}

function fromRow(row: Row): Creative {
  const { impressions, clicks, conversions, valueMicros, ...rest } = row;
  return {
    ...rest,
    findings: row.findings as unknown as Finding[],
    provenance: row.provenance as unknown as Provenance | null,
    counts: counts({ impressions, clicks, conversions, valueMicros }),
  };
}
