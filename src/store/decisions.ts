import type { Vertical } from '../domain/entities/campaign';
import type { Decision, DecisionCandidate, PassedOver } from '../domain/entities/decision';
import type { Decision as Row } from './generated/client';
import type { Page, PageRequest } from './page';
import { pageQuery, type SortKeys } from './page-query';
import { all, anyOf, empty, join, json, names, raw, rows, sql, table, type Columns, type Db, type Sql } from './sql';

export interface Decisions {
  byIds(advertiserId: string, ids: readonly string[]): Promise<Decision[]>;
  /** Of those requests, in the order of placements and slots as they were chosen. */
  byRequestIds(advertiserId: string, requestIds: readonly string[]): Promise<Decision[]>;
  page(advertiserId: string, filter: DecisionFilter, request: PageRequest<DecisionSortField>): Promise<Page<Decision>>;
  briefByIds(advertiserId: string, ids: readonly string[]): Promise<BriefDecision[]>;
  append(decisions: readonly Decision[]): Promise<string[]>;
  /** Writes their candidates and `shadowModelVersionId` anew; nothing else of a decision changes. */
  addShadows(advertiserId: string, decisions: readonly Decision[]): Promise<void>;
  /**
   * What can be learnt from: decisions of a vertical by a policy with a propensity, seen by somebody and made between these moments; newest
   * first, before `before` where it goes on.
   */
  seen(advertiserId: string, query: SeenDecisions): Promise<BriefDecision[]>;
  /**
   * Notes impressions and clicks, each at most once: the first to be told stays. What was held for a decision that is seen is held no
   * more. Locks the decisions in the order of their ids.
   * @returns of each decision what was new, and what it held until now
   */
  mark(advertiserId: string, marks: readonly DecisionMark[]): Promise<DecisionMarked[]>;
}

export interface SeenDecisions {
  readonly vertical: Vertical;
  /** Inclusive. */
  readonly from?: Date;
  /** Exclusive. */
  readonly until: Date;
  /** As the log stood then: who was told of later as seen is not there, and a click that was told of later is none. Absent, all that is known. */
  readonly toldUntil?: Date;
  readonly before?: Pick<BriefDecision, 'createdAt' | 'id'>;
  readonly limit: number;
}

export interface DecisionFilter {
  readonly campaignIds?: readonly string[];
  readonly creativeIds?: readonly string[];
  readonly profileIds?: readonly string[];
}

export type DecisionSortField = 'CREATED_AT';

/** A decision without those that were not chosen: all that an outcome needs of it. */
export interface BriefDecision extends Omit<Decision, 'candidates' | 'passedOver'> {
  /** Of what was chosen, by the model in SHADOW. */
  readonly shadowPClick: number | null;
}

export interface DecisionMark {
  readonly id: string;
  readonly impressionAt: Date | null;
  readonly clickAt: Date | null;
  /** Takes the person out of it, as they have taken back their consent since: where an impression or a click is new, or whatever is. */
  readonly forget?: 'IF_NEW' | 'ANYWAY' | null;
}

export interface DecisionMarked {
  readonly id: string;
  readonly seen: boolean;
  readonly clicked: boolean;
  readonly freedMicros: bigint;
}

export function decisions(db: Db): Decisions {
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM decisions WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async byRequestIds(advertiserId, requestIds) {
      if (requestIds.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM decisions WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('request_id', 'uuid', requestIds)} ORDER BY id`);
      return found.map(fromRow);
    },
    async page(advertiserId, filter, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'CREATED_AT', direction: 'DESC' }, 'd');
      const matching = all(
        sql`d.advertiser_id = ${advertiserId}::uuid`,
        anyOf('d.campaign_id', 'uuid', filter.campaignIds),
        anyOf('d.creative_id', 'uuid', filter.creativeIds),
        anyOf('d.profile_id', 'uuid', filter.profileIds),
      );
      const found = await rows<Row>(db, sql`SELECT d.* FROM decisions d WHERE ${matching} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, fromRow);
    },
    briefByIds: async (advertiserId, ids) =>
      ids.length === 0 ? [] : rows<BriefDecision>(db, sql`
        SELECT ${BRIEF}, CASE WHEN d.shadow_model_version_id IS NOT NULL THEN (
          SELECT (each->>'shadowPClick')::float8 FROM jsonb_array_elements(d.candidates) AS each WHERE each->>'creativeId' = d.creative_id::text
        ) END AS shadow_p_click
        FROM decisions d WHERE d.advertiser_id = ${advertiserId}::uuid AND ${anyOf('d.id', 'uuid', ids)}`),
    async addShadows(advertiserId, items) {
      if (items.length === 0) return;
      await db.$executeRaw(sql`
        UPDATE decisions d SET candidates = given.candidates, shadow_model_version_id = given.shadow_model_version_id FROM ${table('given', items, SHADOWS)}
        WHERE d.advertiser_id = ${advertiserId}::uuid AND d.id = given.id`);
    },
    seen: (advertiserId, { vertical, from, until, toldUntil, before, limit }) =>
      rows<BriefDecision>(db, sql`
        SELECT ${BRIEF_BUT_CLICK}, ${toldUntil ? sql`CASE WHEN NOT ${toldLater('CLICK', toldUntil)} THEN d.click_at END` : raw('d.click_at')} AS click_at,
          NULL::float8 AS shadow_p_click
        FROM decisions d
        WHERE d.advertiser_id = ${advertiserId}::uuid AND d.vertical = ${vertical}::text::"Vertical" AND d.impression_at IS NOT NULL
          AND d.created_at < ${until}::timestamptz ${from ? sql`AND d.created_at >= ${from}::timestamptz` : empty}
          ${toldUntil ? sql`AND NOT ${toldLater('IMPRESSION', toldUntil)}` : empty}
          ${before ? sql`AND (d.created_at, d.id) < (${before.createdAt}::timestamptz, ${before.id}::uuid)` : empty}
        ORDER BY d.created_at DESC, d.id DESC LIMIT ${limit}::int4`),
    async append(items) {
      if (items.length === 0) return [];
      const stored = await rows<{ id: string }>(db, sql`
        INSERT INTO decisions (${names(COLUMNS)}) SELECT ${VALUES} FROM ${table('given', items, COLUMNS)} ON CONFLICT DO NOTHING RETURNING id`);
      return stored.map(({ id }) => id);
    },
    mark: async (advertiserId, marks) =>
      marks.length === 0 ? [] : rows<DecisionMarked>(db, sql`
        WITH given AS (SELECT * FROM ${table('given', marks, MARKS)}),
        held AS MATERIALIZED (
          SELECT d.id, d.impression_at, d.click_at, d.reserved_micros FROM decisions d JOIN given ON given.id = d.id
          WHERE d.advertiser_id = ${advertiserId}::uuid ORDER BY d.id FOR NO KEY UPDATE OF d
        ),
        marked AS (
          UPDATE decisions d SET
            impression_at = coalesce(d.impression_at, given.impression_at), click_at = coalesce(d.click_at, given.click_at),
            reserved_micros = CASE WHEN given.impression_at IS NULL THEN d.reserved_micros ELSE 0 END,
            held_until = CASE WHEN given.impression_at IS NULL THEN d.held_until END,
            profile_id = CASE WHEN NOT (${FORGOTTEN}) THEN d.profile_id END, segments = CASE WHEN ${FORGOTTEN} THEN '{}' ELSE d.segments END
          FROM given JOIN held ON held.id = given.id WHERE d.advertiser_id = ${advertiserId}::uuid AND d.id = given.id
        )
        SELECT held.id,
          held.impression_at IS NULL AND given.impression_at IS NOT NULL AS seen,
          held.click_at IS NULL AND given.click_at IS NOT NULL AS clicked,
          CASE WHEN given.impression_at IS NULL THEN 0 ELSE held.reserved_micros END AS freed_micros
        FROM held JOIN given ON given.id = held.id`),
  };
}

/** Whether an outcome of the decision `d` was told of after that moment; one of each kind is kept. */
function toldLater(kind: 'IMPRESSION' | 'CLICK', moment: Date): Sql {
  return sql`EXISTS (
    SELECT FROM outcomes o WHERE o.advertiser_id = d.advertiser_id AND o.decision_id = d.id AND o.kind = ${kind}::text::"OutcomeKind" AND o.received_at > ${moment}::timestamptz)`;
}

const SORT_KEYS: SortKeys<DecisionSortField, Row> = {
  CREATED_AT: { column: 'created_at', type: 'timestamptz', read: (row) => row.createdAt },
};

const COLUMNS: Columns<Decision> = {
  id: ['uuid', (d) => d.id],
  advertiser_id: ['uuid', (d) => d.advertiserId],
  request_id: ['uuid', (d) => d.requestId],
  campaign_id: ['uuid', (d) => d.campaignId],
  creative_id: ['uuid', (d) => d.creativeId],
  profile_id: ['uuid', (d) => d.profileId],
  placement: ['text', (d) => d.placement],
  slot: ['int4', (d) => d.slot],
  vertical: ['"Vertical"', (d) => d.vertical],
  segments: ['jsonb', (d) => json(d.segments)],
  personalised: ['bool', (d) => d.personalised],
  policy: ['text', (d) => d.policy],
  propensity: ['float8', (d) => d.propensity],
  p_click: ['float8', (d) => d.pClick],
  model_version_id: ['uuid', (d) => d.modelVersionId],
  device: ['text', (d) => d.device],
  shadow_model_version_id: ['uuid', (d) => d.shadowModelVersionId],
  experiment_id: ['uuid', (d) => d.experimentId],
  experiment_arm: ['text', (d) => d.experimentArm],
  candidates: ['jsonb', (d) => json(d.candidates.map((each) => ({ ...each, expectedValueMicros: each.expectedValueMicros.toString() })))],
  passed_over: ['jsonb', (d) => json(d.passedOver)],
  currency: ['text', (d) => d.currency],
  cost_micros: ['int8', (d) => d.costMicros],
  reserved_micros: ['int8', (d) => d.reservedMicros],
  charged_micros: ['int8', (d) => d.chargedMicros],
  expires_at: ['timestamptz', (d) => d.expiresAt],
  held_until: ['timestamptz', (d) => (d.reservedMicros > 0n ? d.expiresAt : null)],
  impression_at: ['timestamptz', (d) => d.impressionAt],
  click_at: ['timestamptz', (d) => d.clickAt],
  created_at: ['timestamptz', (d) => d.createdAt],
};
/** Of `given` and `held`. */
const FORGOTTEN = sql`coalesce(given.forget = 'ANYWAY' OR (given.forget = 'IF_NEW' AND (held.impression_at IS NULL OR (held.click_at IS NULL AND given.click_at IS NOT NULL))), FALSE)`;
const SHADOWS: Columns<Decision> = { id: COLUMNS['id']!, candidates: COLUMNS['candidates']!, shadow_model_version_id: COLUMNS['shadow_model_version_id']! };
const BRIEF_NAMES = Object.keys(COLUMNS).filter((column) => !['candidates', 'passed_over', 'held_until'].includes(column)).map((column) => `d.${column}`);
const BRIEF = raw(BRIEF_NAMES.join(', '));
const BRIEF_BUT_CLICK = raw(BRIEF_NAMES.filter((column) => column !== 'd.click_at').join(', '));
const MARKS: Columns<DecisionMark> = {
  id: ['uuid', (m) => m.id],
  impression_at: ['timestamptz', (m) => m.impressionAt],
  click_at: ['timestamptz', (m) => m.clickAt],
  forget: ['text', (m) => m.forget],
};
/** Arrays of arrays must be square in PostgreSQL: segments travel as JSON. */
const VALUES = join(Object.keys(COLUMNS).map((column) => (column === 'segments' ? sql`ARRAY(SELECT jsonb_array_elements_text(given.segments))` : raw(`given.${column}`))));

function fromRow({ heldUntil: _, ...row }: Row): Decision {
  const candidates = row.candidates as unknown as (Omit<DecisionCandidate, 'expectedValueMicros'> & { expectedValueMicros: string })[];
  return {
    ...row,
    candidates: candidates.map((each) => ({ ...each, expectedValueMicros: BigInt(each.expectedValueMicros) })),
    passedOver: row.passedOver as unknown as PassedOver[],
  };
}
