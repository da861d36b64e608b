import type { Consent, Interest, Profile, RecentItem } from '../domain/entities/profile';
import type { Page, PageRequest } from './page';
import { pageQuery, type SortKeys } from './page-query';
import type { Profile as Row } from './generated/client';
import { all, anyOf, join, json, names, raw, rows, sql, table, when, type Columns, type Db, type Sql } from './sql';

export interface ProfileFilter {
  readonly externalIds?: readonly string[];
  readonly segmentsAnyOf?: readonly string[];
  readonly interestsAnyOf?: readonly string[];
  /** Start of the external id. */
  readonly search?: string;
  readonly consent?: Partial<Consent>;
}

export type ProfileSortField = 'CREATED_AT' | 'UPDATED_AT' | 'EXTERNAL_ID';

export interface Profiles {
  byIds(advertiserId: string, ids: readonly string[]): Promise<Profile[]>;
  byExternalIds(advertiserId: string, externalIds: readonly string[]): Promise<Profile[]>;
  page(advertiserId: string, filter: ProfileFilter, request: PageRequest<ProfileSortField>): Promise<Page<Profile>>;
  count(advertiserId: string, filter: ProfileFilter): Promise<number>;
  /**
   * One statement. Makes those that are missing and returns one profile per distinct external id, made or found.
   * What is given of a profile that exists is ignored.
   */
  ensureMany(profiles: readonly Profile[]): Promise<Profile[]>;
  /**
   * One statement. Writes each profile whole over the row that has its `version`; those whose version is no longer that are left alone and
   * absent from the result.
   */
  updateMany(profiles: readonly Profile[]): Promise<Profile[]>;
  /** Until the transaction ends nobody else changes them; only inside a transaction. */
  lockByIds(advertiserId: string, ids: readonly string[]): Promise<Profile[]>;
  /**
   * Until the transaction ends nobody erases them, and what it keeps of them is found by who does later; who is gone is absent. Inside a
   * transaction alone, before it locks anything else.
   */
  holdByIds(advertiserId: string, ids: readonly string[]): Promise<Profile[]>;
}

export function profiles(db: Db): Profiles {
  const locked = async (advertiserId: string, ids: readonly string[], lock: string): Promise<Profile[]> => {
    if (ids.length === 0) return [];
    // In one order everywhere, so that two transactions never wait for each other.
    const found = await rows<Row>(db, sql`SELECT * FROM profiles WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)} ORDER BY id ${raw(lock)}`);
    return found.map(fromRow);
  };
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM profiles WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async byExternalIds(advertiserId, externalIds) {
      if (externalIds.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM profiles WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('external_id', 'text', externalIds)}`);
      return found.map(fromRow);
    },
    lockByIds: (advertiserId, ids) => locked(advertiserId, ids, 'FOR NO KEY UPDATE'),
    holdByIds: (advertiserId, ids) => locked(advertiserId, ids, 'FOR KEY SHARE'),
    async page(advertiserId, filter, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'CREATED_AT', direction: 'DESC' }, 'p');
      const found = await rows<Row>(db, sql`SELECT p.* FROM profiles p WHERE ${matching(advertiserId, filter)} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, fromRow);
    },
    async count(advertiserId, filter) {
      const [row] = await rows<{ count: bigint }>(db, sql`SELECT count(*) AS count FROM profiles p WHERE ${matching(advertiserId, filter)}`);
      return Number(row?.count ?? 0n);
    },
    async ensureMany(items) {
      if (items.length === 0) return [];
      const distinct = [...new Map(items.map((item) => [item.externalId, item])).values()];
      // The statement sees the rows as they were when it began: those made by it come from `made`, the others from the table.
      // A row that another process makes meanwhile is in neither; the second round finds it.
      for (let round = 0; ; round++) {
        const found = await rows<Row>(db, sql`
          WITH given AS (SELECT * FROM ${table('given', distinct, COLUMNS)}),
          made AS (
            INSERT INTO profiles (${NAMES}) SELECT ${VALUES} FROM given ON CONFLICT DO NOTHING RETURNING *
          )
          SELECT * FROM made
          UNION ALL
          SELECT p.* FROM profiles p JOIN given ON p.advertiser_id = given.advertiser_id AND p.external_id = given.external_id`);
        if (found.length >= distinct.length || round >= 3) return found.map(fromRow);
      }
    },
    async updateMany(items) {
      if (items.length === 0) return [];
      const saved = await rows<Row>(db, sql`
        WITH given AS (SELECT * FROM ${table('given', items, COLUMNS)}),
        held AS MATERIALIZED (
          SELECT p.advertiser_id, p.id FROM profiles p JOIN given ON p.advertiser_id = given.advertiser_id AND p.id = given.id
          ORDER BY p.id FOR NO KEY UPDATE OF p
        )
        UPDATE profiles p SET
          consent_personalisation = given.consent_personalisation, consent_training = given.consent_training,
          consent_measurement = given.consent_measurement, attributes = given.attributes, interests = given.interests,
          segments = ${SEGMENTS}, recent_items = given.recent_items, profile_text = given.profile_text,
          version = p.version + 1, updated_at = given.updated_at
        FROM given JOIN held ON held.advertiser_id = given.advertiser_id AND held.id = given.id
        WHERE p.advertiser_id = given.advertiser_id AND p.id = given.id AND p.version = given.version
        RETURNING p.*`);
      return saved.map(fromRow);
    },
  };
}

const SORT_KEYS: SortKeys<ProfileSortField, Row> = {
  CREATED_AT: { column: 'created_at', type: 'timestamptz', read: (row) => row.createdAt },
  UPDATED_AT: { column: 'updated_at', type: 'timestamptz', read: (row) => row.updatedAt },
  EXTERNAL_ID: { column: 'external_id', type: 'text', read: (row) => row.externalId },
};

function matching(advertiserId: string, filter: ProfileFilter): Sql {
  return all(
    sql`p.advertiser_id = ${advertiserId}::uuid`,
    anyOf('p.external_id', 'text', filter.externalIds),
    when(filter.segmentsAnyOf, (segments) => sql`p.segments && ${[...segments]}::text[]`),
    when(filter.interestsAnyOf, (interests) => sql`EXISTS (
      SELECT FROM jsonb_array_elements(p.interests) AS interest WHERE interest->>'name' = ANY(${[...interests]}::text[]))`),
    when(filter.search, (search) => sql`starts_with(p.external_id, ${search}::text)`),
    when(filter.consent?.personalisation, (given) => sql`p.consent_personalisation = ${given}::bool`),
    when(filter.consent?.training, (given) => sql`p.consent_training = ${given}::bool`),
    when(filter.consent?.measurement, (given) => sql`p.consent_measurement = ${given}::bool`),
  );
}

/** Arrays of arrays must be square in PostgreSQL: segments travel as JSON and are unpacked by the statement. */
const SEGMENTS = sql`ARRAY(SELECT jsonb_array_elements_text(given.segments))`;

const COLUMNS: Columns<Profile> = {
  id: ['uuid', (p) => p.id],
  advertiser_id: ['uuid', (p) => p.advertiserId],
  external_id: ['text', (p) => p.externalId],
  consent_personalisation: ['bool', (p) => p.consent.personalisation],
  consent_training: ['bool', (p) => p.consent.training],
  consent_measurement: ['bool', (p) => p.consent.measurement],
  attributes: ['jsonb', (p) => json(p.attributes)],
  interests: ['jsonb', (p) => json(p.interests)],
  segments: ['jsonb', (p) => json(p.segments)],
  recent_items: ['jsonb', (p) => json(p.recentItems)],
  profile_text: ['text', (p) => p.profileText],
  version: ['int4', (p) => p.version],
  created_at: ['timestamptz', (p) => p.createdAt],
  updated_at: ['timestamptz', (p) => p.updatedAt],
};
const NAMES = names(COLUMNS);
const VALUES = join(Object.keys(COLUMNS).map((column) => (column === 'segments' ? SEGMENTS : raw(`given.${column}`))));

function fromRow(row: Row): Profile {
  type Dated<T, K extends keyof T> = Omit<T, K> & Record<K, string>;
  const interests = row.interests as unknown as Dated<Interest, 'updatedAt'>[];
  const recentItems = row.recentItems as unknown as Dated<RecentItem, 'at'>[];
  return {
    id: row.id,
    advertiserId: row.advertiserId,
    externalId: row.externalId,
    consent: { personalisation: row.consentPersonalisation, training: row.consentTraining, measurement: row.consentMeasurement },
    attributes: row.attributes as Record<string, string>,
    interests: interests.map((interest) => ({ ...interest, updatedAt: new Date(interest.updatedAt) })),
    segments: row.segments,
    recentItems: recentItems.map((item) => ({ ...item, at: new Date(item.at) })),
    profileText: row.profileText,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
