import type { AudienceRules, Campaign, CampaignStatus, Objectives, ProductFacts, Vertical, Voice } from '../domain/entities/campaign';
import type { Page, PageRequest } from './page';
import { pageQuery, type SortKeys } from './page-query';
import type { Campaign as Row, Prisma } from './generated/client';
import { all, anyOf, contains, insertion, json, rows, sql, when, type Columns, type Db, type Sql } from './sql';

/** All that is present must hold; an empty list matches nothing. */
export interface CampaignFilter {
  readonly statuses?: readonly CampaignStatus[];
  readonly verticals?: readonly Vertical[];
  /** Part of the name, any case. */
  readonly search?: string;
  /** ISO 4217. */
  readonly currency?: string;
  /** Flight contains this moment. */
  readonly inFlightAt?: Date;
}

export type CampaignSortField = 'CREATED_AT' | 'UPDATED_AT' | 'NAME';

export interface Campaigns {
  /** In no particular order; unknown ids are absent. */
  byIds(advertiserId: string, ids: readonly string[]): Promise<Campaign[]>;
  byExternalIds(advertiserId: string, externalIds: readonly string[]): Promise<Campaign[]>;
  page(advertiserId: string, filter: CampaignFilter, request: PageRequest<CampaignSortField>): Promise<Page<Campaign>>;
  /** At most so many, newest first; which ones of more, the draw decides: another one takes others, and each is as likely to come. */
  drawn(advertiserId: string, filter: CampaignFilter, most: number, draw: string): Promise<Campaign[]>;
  count(advertiserId: string, filter: CampaignFilter): Promise<number>;
  insert(campaign: Campaign): Promise<void>;
  /** One statement. Those whose external id exists are left alone and are absent from the result. */
  insertMany(campaigns: readonly Campaign[]): Promise<Campaign[]>;
  /**
   * Writes the whole campaign (but id, external id and `createdAt`) over the row that has the expected version, and returns it with the
   * version after that. Null when there is no such row with that version: the caller tells stale from missing by `byIds`.
   */
  update(campaign: Campaign, expectedVersion: number): Promise<Campaign | null>;
}

export function campaigns(db: Db): Campaigns {
  const insertMany = async (items: readonly Campaign[]): Promise<Campaign[]> => {
    if (items.length === 0) return [];
    const made = await rows<Row>(db, sql`${insertion('campaigns', items, COLUMNS)} ON CONFLICT DO NOTHING RETURNING *`);
    return made.map(fromRow);
  };
  return {
    insertMany,
    async insert(campaign) {
      await db.$executeRaw(insertion('campaigns', [campaign], COLUMNS));
    },
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM campaigns WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async byExternalIds(advertiserId, externalIds) {
      if (externalIds.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM campaigns WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('external_id', 'text', externalIds)}`);
      return found.map(fromRow);
    },
    async page(advertiserId, filter, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'CREATED_AT', direction: 'DESC' }, 'c');
      const found = await rows<Row>(db, sql`SELECT c.* FROM campaigns c WHERE ${matching(advertiserId, filter)} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, fromRow);
    },
    async drawn(advertiserId, filter, most, draw) {
      const found = await rows<Row>(db, sql`
        SELECT * FROM (SELECT c.* FROM campaigns c WHERE ${matching(advertiserId, filter)} ORDER BY md5(c.id::text || ${draw}::text) LIMIT ${most}) d ORDER BY d.created_at DESC, d.id DESC`);
      return found.map(fromRow);
    },
    async count(advertiserId, filter) {
      const [row] = await rows<{ count: bigint }>(db, sql`SELECT count(*) AS count FROM campaigns c WHERE ${matching(advertiserId, filter)}`);
      return Number(row?.count ?? 0n);
    },
    async update(campaign, expectedVersion) {
      const { advertiserId, id } = campaign;
      const [saved] = await db.campaign.updateManyAndReturn({
        where: { advertiserId, id, version: expectedVersion },
        data: { ...changeable(campaign), version: expectedVersion + 1 },
      });
      return saved ? fromRow(saved) : null;
    },
  };
}

const SORT_KEYS: SortKeys<CampaignSortField, Row> = {
  CREATED_AT: { column: 'created_at', type: 'timestamptz', read: (row) => row.createdAt },
  UPDATED_AT: { column: 'updated_at', type: 'timestamptz', read: (row) => row.updatedAt },
  NAME: { column: 'name', type: 'text', read: (row) => row.name },
};

function matching(advertiserId: string, filter: CampaignFilter): Sql {
  return all(
    sql`c.advertiser_id = ${advertiserId}::uuid`,
    anyOf('c.status', '"CampaignStatus"', filter.statuses),
    anyOf('c.vertical', '"Vertical"', filter.verticals),
    when(filter.currency, (currency) => sql`c.currency = ${currency}`),
    when(filter.search, (search) => contains('c.name', search)),
    when(filter.inFlightAt, (at) => sql`c.starts_at <= ${at}::timestamptz AND (c.ends_at IS NULL OR c.ends_at > ${at}::timestamptz)`),
  );
}

const COLUMNS: Columns<Campaign> = {
  id: ['uuid', (c) => c.id],
  advertiser_id: ['uuid', (c) => c.advertiserId],
  external_id: ['text', (c) => c.externalId],
  name: ['text', (c) => c.name],
  vertical: ['"Vertical"', (c) => c.vertical],
  product: ['jsonb', (c) => json(productJson(c.product))],
  voice: ['jsonb', (c) => json(c.voice)],
  audience: ['jsonb', (c) => json(c.audience)],
  objectives: ['jsonb', (c) => json(objectivesJson(c.objectives))],
  currency: ['char', (c) => c.currency],
  starts_at: ['timestamptz', (c) => c.flight.startsAt],
  ends_at: ['timestamptz', (c) => c.flight.endsAt],
  total_budget_micros: ['int8', (c) => c.budget.totalMicros],
  daily_budget_micros: ['int8', (c) => c.budget.dailyMicros],
  pacing: ['"Pacing"', (c) => c.pacing],
  cap_impressions: ['int4', (c) => c.frequencyCap?.impressions],
  cap_per_hours: ['int4', (c) => c.frequencyCap?.perHours],
  cost_per_thousand_micros: ['int8', (c) => c.costPerThousandMicros],
  cost_per_click_micros: ['int8', (c) => c.costPerClickMicros],
  target_cost_per_conversion_micros: ['int8', (c) => c.targetCostPerConversionMicros],
  click_window_hours: ['int4', (c) => c.clickWindowHours],
  conversion_window_hours: ['int4', (c) => c.conversionWindowHours],
  status: ['"CampaignStatus"', (c) => c.status],
  version: ['int4', (c) => c.version],
  created_at: ['timestamptz', (c) => c.createdAt],
  updated_at: ['timestamptz', (c) => c.updatedAt],
};

function changeable(c: Campaign): Prisma.CampaignUpdateManyMutationInput {
  return {
    name: c.name,
    vertical: c.vertical,
    product: productJson(c.product),
    voice: c.voice as unknown as Prisma.InputJsonObject,
    audience: c.audience as unknown as Prisma.InputJsonObject,
    objectives: objectivesJson(c.objectives),
    currency: c.currency,
    startsAt: c.flight.startsAt,
    endsAt: c.flight.endsAt,
    totalBudgetMicros: c.budget.totalMicros,
    dailyBudgetMicros: c.budget.dailyMicros,
    pacing: c.pacing,
    capImpressions: c.frequencyCap?.impressions ?? null,
    capPerHours: c.frequencyCap?.perHours ?? null,
    costPerThousandMicros: c.costPerThousandMicros,
    costPerClickMicros: c.costPerClickMicros,
    targetCostPerConversionMicros: c.targetCostPerConversionMicros,
    clickWindowHours: c.clickWindowHours,
    conversionWindowHours: c.conversionWindowHours,
    status: c.status,
    updatedAt: c.updatedAt,
  };
}

/** JSON has no integers of 64 bits: amounts lie in it as text. */
type AmountsAsText<T> = { [K in keyof T]: T[K] extends bigint ? string : T[K] };

function productJson(product: ProductFacts): Prisma.InputJsonObject {
  const price = product.price && { micros: product.price.micros.toString(), currency: product.price.currency };
  return { ...product, price } as unknown as Prisma.InputJsonObject;
}

function objectivesJson(objectives: Objectives): Prisma.InputJsonObject {
  return {
    ...objectives,
    clickValueMicros: objectives.clickValueMicros.toString(),
    conversionValueMicros: objectives.conversionValueMicros.toString(),
    revenuePerConversionMicros: objectives.revenuePerConversionMicros.toString(),
  };
}

function fromRow(row: Row): Campaign {
  const product = row.product as unknown as Omit<ProductFacts, 'price'> & { price: { micros: string; currency: string } | null };
  const objectives = row.objectives as unknown as AmountsAsText<Objectives>;
  return {
    id: row.id,
    advertiserId: row.advertiserId,
    externalId: row.externalId,
    name: row.name,
    vertical: row.vertical,
    product: { ...product, price: product.price && { micros: BigInt(product.price.micros), currency: product.price.currency } },
    voice: row.voice as unknown as Voice,
    audience: row.audience as unknown as AudienceRules,
    objectives: {
      ...objectives,
      clickValueMicros: BigInt(objectives.clickValueMicros),
      conversionValueMicros: BigInt(objectives.conversionValueMicros),
      revenuePerConversionMicros: BigInt(objectives.revenuePerConversionMicros),
    },
    currency: row.currency,
    flight: { startsAt: row.startsAt, endsAt: row.endsAt },
    budget: { totalMicros: row.totalBudgetMicros, dailyMicros: row.dailyBudgetMicros },
    pacing: row.pacing,
    frequencyCap: row.capImpressions !== null && row.capPerHours !== null ? { impressions: row.capImpressions, perHours: row.capPerHours } : null,
    costPerThousandMicros: row.costPerThousandMicros,
    costPerClickMicros: row.costPerClickMicros,
    targetCostPerConversionMicros: row.targetCostPerConversionMicros,
    clickWindowHours: row.clickWindowHours,
    conversionWindowHours: row.conversionWindowHours,
    status: row.status,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
