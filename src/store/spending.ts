import { amount, raw, rows, sql, table, type Columns, type Db, type Sql } from './sql';

/**
 * Money and caps: one row of spend per campaign, one per day of it, one of moments per person. Rows are locked in this order everywhere:
 * decisions, evidence, campaign_spend, spend_days, frequency_states, creatives; within a table by id. So nobody waits for each other.
 */

/** What stands against a campaign: what it has spent and holds, and how often it was decided for this person. */
export interface Standing {
  readonly campaignId: string;
  /** Spent and held together. */
  readonly usedMicros: bigint;
  readonly usedTodayMicros: bigint;
  /** Held for decisions that have not been seen yet; what an expired one frees. */
  readonly heldMicros: bigint;
  /** How often it was decided for this person within the hours of its cap; 0 without a cap, and for nobody in particular. */
  readonly shown: number;
}

/** What one decision asks of a campaign: several of its creatives may win at once. */
export interface SpendClaim {
  readonly campaignId: string;
  readonly units: number;
  /** Of all units together. */
  readonly costMicros: bigint;
  /** Beside the cost so much must be left: the price of a click that may follow. */
  readonly headroomMicros: bigint;
  /** Most that may be spent and held today by now; null where nothing paces it. */
  readonly allowanceMicros: bigint | null;
  /** At most so many decisions for the person after that moment; null where there is no cap or nobody in particular. */
  readonly cap: { readonly impressions: number; readonly after: Date } | null;
}

export type ClaimRefusal = 'NOT_ACTIVE' | 'NOT_IN_FLIGHT' | 'BUDGET_SPENT' | 'PACED' | 'CAPPED';

/** Of one decision: what is to be charged, and what was held for it and is held no more. */
export interface SpendCharge {
  readonly decisionId: string;
  readonly campaignId: string;
  /** UTC, `2026-04-01`: that of the decision. */
  readonly day: string;
  readonly chargeMicros: bigint;
  readonly freedMicros: bigint;
}

export interface Spending {
  standings(advertiserId: string, campaignIds: readonly string[], person: { profileId: string | null; now: Date }): Promise<Map<string, Standing>>;
  /**
   * Holds budget and counts the cap for all of the claims, or, where the database finds that one goes beyond its campaign's bounds, for
   * none; one claim per campaign. Decided under locks in one statement, so that any number at once never go beyond them together.
   * @returns the campaigns that refused, with the reason; empty when all was claimed
   */
  claim(advertiserId: string, claims: readonly SpendClaim[], person: { profileId: string | null; now: Date }): Promise<Map<string, ClaimRefusal>>;
  /**
   * Charges what was held, and beyond that what the budgets have left: never more. What is left goes to the decisions in the order of their
   * ids, and each keeps what was charged for it. Of one campaign all charges are of one day. The decisions are locked already (`mark`).
   */
  charge(advertiserId: string, charges: readonly SpendCharge[]): Promise<void>;
  /** Frees what expired decisions hold, of these campaigns or of all; returns how many decisions. */
  releaseExpired(advertiserId: string, now: Date, campaignIds?: readonly string[]): Promise<number>;
}

/** Of a campaign and of its day. Numeric: two amounts together may be more than a column holds; what is kept stays at the largest. */
const USED: Sql = raw('s.spent_micros::numeric + s.reserved_micros');
const USED_TODAY: Sql = raw('d.spent_micros::numeric + d.reserved_micros');

/** The day that a moment belongs to. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** Moments of one person and campaign that are kept at least: a cap that is changed counts what was shown before. */
const REMEMBERED = 100;

/** Decisions in one sweep: it holds locks. */
const SWEEP = 1_000;

export function spending(db: Db): Spending {
  const claimOnce = (advertiserId: string, claims: readonly SpendClaim[], person: { profileId: string | null; now: Date }) =>
    rows<{ campaignId: string; refusal: ClaimRefusal | null; missing: boolean }>(db, sql`
      WITH given AS (SELECT * FROM ${table('given', claims, CLAIM_COLUMNS)}),
      -- The campaign's row of spend is locked first and in one order: two claims never wait for each other.
      spend AS MATERIALIZED (
        SELECT s.campaign_id, ${USED} AS used
        FROM campaign_spend s JOIN given ON given.campaign_id = s.campaign_id
        WHERE s.advertiser_id = ${advertiserId}::uuid ORDER BY s.campaign_id FOR UPDATE OF s
      ),
      day AS MATERIALIZED (
        SELECT d.campaign_id, ${USED_TODAY} AS used
        FROM spend_days d JOIN spend ON spend.campaign_id = d.campaign_id
        WHERE d.advertiser_id = ${advertiserId}::uuid AND d.day = ${dayOf(person.now)}::date ORDER BY d.campaign_id FOR UPDATE OF d
      ),
      shown AS MATERIALIZED (
        SELECT f.campaign_id, f.shown_at
        FROM frequency_states f JOIN spend ON spend.campaign_id = f.campaign_id
        WHERE f.advertiser_id = ${advertiserId}::uuid AND f.profile_id = ${person.profileId}::uuid ORDER BY f.campaign_id FOR UPDATE OF f
      ),
      verdict AS MATERIALIZED (
        SELECT given.*,
          day.campaign_id IS NULL OR (given.cap IS NOT NULL AND shown.campaign_id IS NULL) AS missing,
          CASE
            WHEN c.status <> 'ACTIVE' THEN 'NOT_ACTIVE'
            WHEN c.starts_at > ${person.now}::timestamptz OR c.ends_at <= ${person.now}::timestamptz THEN 'NOT_IN_FLIGHT'
            WHEN given.cap IS NOT NULL AND given.units + (SELECT count(*) FROM unnest(shown.shown_at) AS at WHERE at > given.after) > given.cap THEN 'CAPPED'
            WHEN given.cost + given.headroom = 0 THEN NULL
            WHEN spend.used + given.cost + given.headroom > c.total_budget_micros THEN 'BUDGET_SPENT'
            WHEN day.used + given.cost + given.headroom > c.daily_budget_micros THEN 'BUDGET_SPENT'
            WHEN day.used + given.cost + given.headroom > given.allowance THEN 'PACED'
          END AS refusal
        FROM given
        JOIN campaigns c ON c.advertiser_id = ${advertiserId}::uuid AND c.id = given.campaign_id
        LEFT JOIN spend ON spend.campaign_id = given.campaign_id
        LEFT JOIN day ON day.campaign_id = given.campaign_id
        LEFT JOIN shown ON shown.campaign_id = given.campaign_id
      ),
      granted AS MATERIALIZED (SELECT * FROM verdict WHERE NOT EXISTS (SELECT FROM verdict WHERE missing OR refusal IS NOT NULL)),
      held AS (
        UPDATE campaign_spend s SET reserved_micros = ${amount('s.reserved_micros::numeric + granted.cost')} FROM granted
        WHERE s.advertiser_id = ${advertiserId}::uuid AND s.campaign_id = granted.campaign_id
      ),
      held_today AS (
        UPDATE spend_days d SET reserved_micros = ${amount('d.reserved_micros::numeric + granted.cost')} FROM granted
        WHERE d.advertiser_id = ${advertiserId}::uuid AND d.campaign_id = granted.campaign_id AND d.day = ${dayOf(person.now)}::date
      ),
      -- As many as the cap counts are kept, or as one counts that is set later, in the order of counting: a clock that goes back neither hides nor drops one.
      counted AS (
        UPDATE frequency_states f SET shown_at =
          (f.shown_at || array_fill(greatest(${person.now}::timestamptz, f.shown_at[cardinality(f.shown_at)]), ARRAY[granted.units]))
          [greatest(1, cardinality(f.shown_at) + granted.units - greatest(granted.cap, ${REMEMBERED}::int4) + 1):]
        FROM granted
        WHERE f.advertiser_id = ${advertiserId}::uuid AND f.campaign_id = granted.campaign_id AND f.profile_id = ${person.profileId}::uuid AND granted.cap IS NOT NULL
      )
      SELECT campaign_id, refusal, missing FROM verdict`);

  const makeRows = async (advertiserId: string, claims: readonly SpendClaim[], person: { profileId: string | null; now: Date }): Promise<void> => {
    await db.$executeRaw(sql`
      WITH given AS (SELECT * FROM ${table('given', claims, CLAIM_COLUMNS)} ORDER BY campaign_id),
      total AS (
        INSERT INTO campaign_spend (advertiser_id, campaign_id) SELECT ${advertiserId}::uuid, campaign_id FROM given ON CONFLICT DO NOTHING
      ),
      day AS (
        INSERT INTO spend_days (advertiser_id, campaign_id, day)
        SELECT ${advertiserId}::uuid, campaign_id, ${dayOf(person.now)}::date FROM given ON CONFLICT DO NOTHING
      )
      INSERT INTO frequency_states (advertiser_id, campaign_id, profile_id, shown_at)
      SELECT ${advertiserId}::uuid, campaign_id, ${person.profileId}::uuid, '{}' FROM given WHERE cap IS NOT NULL ON CONFLICT DO NOTHING`);
  };

  return {
    async standings(advertiserId, campaignIds, { profileId, now }) {
      if (campaignIds.length === 0) return new Map();
      const found = await rows<Standing>(db, sql`
        SELECT given.id AS campaign_id,
          ${amount('coalesce(s.spent_micros::numeric + s.reserved_micros, 0)')} AS used_micros,
          ${amount('coalesce(d.spent_micros::numeric + d.reserved_micros, 0)')} AS used_today_micros,
          coalesce(s.reserved_micros, 0) AS held_micros,
          (SELECT count(*)::int4 FROM unnest(f.shown_at) AS at WHERE at > ${now}::timestamptz - c.cap_per_hours * interval '1 hour') AS shown
        FROM unnest(${[...campaignIds]}::uuid[]) AS given(id)
        LEFT JOIN campaigns c ON c.advertiser_id = ${advertiserId}::uuid AND c.id = given.id
        LEFT JOIN campaign_spend s ON s.advertiser_id = ${advertiserId}::uuid AND s.campaign_id = given.id
        LEFT JOIN spend_days d ON d.advertiser_id = ${advertiserId}::uuid AND d.campaign_id = given.id AND d.day = ${dayOf(now)}::date
        LEFT JOIN frequency_states f ON f.advertiser_id = ${advertiserId}::uuid AND f.campaign_id = given.id AND f.profile_id = ${profileId}::uuid`);
      return new Map(found.map((row) => [row.campaignId, row]));
    },
    async claim(advertiserId, claims, person) {
      if (claims.length === 0) return new Map();
      let answers = await claimOnce(advertiserId, claims, person);
      if (answers.some(({ missing }) => missing)) {
        await makeRows(advertiserId, claims, person);
        answers = await claimOnce(advertiserId, claims, person);
      }
      const known = new Set(answers.map(({ campaignId }) => campaignId));
      const gone = claims.filter(({ campaignId }) => !known.has(campaignId)).map(({ campaignId }) => [campaignId, 'NOT_ACTIVE'] as const);
      return new Map([...gone, ...answers.flatMap(({ campaignId, refusal }) => (refusal === null ? [] : [[campaignId, refusal] as const]))]);
    },
    async charge(advertiserId, charges) {
      if (charges.length === 0) return;
      await db.$executeRaw(sql`
        WITH each AS MATERIALIZED (
          SELECT *, sum(charge) OVER (PARTITION BY campaign_id ORDER BY decision_id) AS up_to FROM ${table('given', charges, CHARGE_COLUMNS)}
        ),
        given AS MATERIALIZED (
          SELECT campaign_id, day::date AS day, ${amount('sum(charge)')} AS charge, ${amount('sum(freed)')} AS freed FROM each GROUP BY campaign_id, day
        ),
        spend AS MATERIALIZED (
          SELECT s.campaign_id, ${USED} AS used
          FROM campaign_spend s JOIN given ON given.campaign_id = s.campaign_id
          WHERE s.advertiser_id = ${advertiserId}::uuid ORDER BY s.campaign_id FOR UPDATE OF s
        ),
        today AS MATERIALIZED (
          SELECT d.campaign_id, ${USED_TODAY} AS used
          FROM spend_days d JOIN spend ON spend.campaign_id = d.campaign_id JOIN given ON given.campaign_id = d.campaign_id AND given.day = d.day
          WHERE d.advertiser_id = ${advertiserId}::uuid ORDER BY d.campaign_id FOR UPDATE OF d
        ),
        charged AS MATERIALIZED (
          SELECT given.campaign_id, given.day, given.freed, least(given.charge,
            greatest(0, coalesce(c.total_budget_micros - spend.used + given.freed, given.charge)),
            greatest(0, coalesce(c.daily_budget_micros - today.used + given.freed, given.charge))) AS micros
          FROM given
          JOIN campaigns c ON c.advertiser_id = ${advertiserId}::uuid AND c.id = given.campaign_id
          JOIN spend ON spend.campaign_id = given.campaign_id JOIN today ON today.campaign_id = given.campaign_id
        ),
        total AS (
          UPDATE campaign_spend s SET spent_micros = ${amount('s.spent_micros + charged.micros')}, reserved_micros = s.reserved_micros - charged.freed FROM charged
          WHERE s.advertiser_id = ${advertiserId}::uuid AND s.campaign_id = charged.campaign_id
        ),
        kept AS (
          UPDATE decisions d SET charged_micros = d.charged_micros + least(each.up_to, charged.micros) - least(each.up_to - each.charge, charged.micros)
          FROM each JOIN charged ON charged.campaign_id = each.campaign_id
          WHERE d.advertiser_id = ${advertiserId}::uuid AND d.id = each.decision_id
        )
        UPDATE spend_days d SET spent_micros = ${amount('d.spent_micros + charged.micros')}, reserved_micros = d.reserved_micros - charged.freed FROM charged
        WHERE d.advertiser_id = ${advertiserId}::uuid AND d.campaign_id = charged.campaign_id AND d.day = charged.day`);
    },
    async releaseExpired(advertiserId, now, campaignIds) {
      const [freed] = await rows<{ decisions: bigint }>(db, sql`
        WITH expired AS MATERIALIZED (
          SELECT id, campaign_id, reserved_micros, (created_at AT TIME ZONE 'UTC')::date AS day FROM decisions
          WHERE advertiser_id = ${advertiserId}::uuid AND held_until <= ${now}::timestamptz
            AND (${campaignIds ? [...campaignIds] : null}::uuid[] IS NULL OR campaign_id = ANY(${campaignIds ? [...campaignIds] : null}::uuid[]))
          ORDER BY id LIMIT ${SWEEP}::int4 FOR UPDATE SKIP LOCKED
        ),
        released AS (
          UPDATE decisions d SET reserved_micros = 0, held_until = NULL FROM expired
          WHERE d.advertiser_id = ${advertiserId}::uuid AND d.id = expired.id
        ),
        totals AS (SELECT campaign_id, sum(reserved_micros)::int8 AS micros FROM expired GROUP BY campaign_id),
        locked AS MATERIALIZED (
          SELECT s.campaign_id FROM campaign_spend s JOIN totals ON totals.campaign_id = s.campaign_id
          WHERE s.advertiser_id = ${advertiserId}::uuid ORDER BY s.campaign_id FOR UPDATE OF s
        ),
        total AS (
          UPDATE campaign_spend s SET reserved_micros = s.reserved_micros - totals.micros FROM totals JOIN locked ON locked.campaign_id = totals.campaign_id
          WHERE s.advertiser_id = ${advertiserId}::uuid AND s.campaign_id = totals.campaign_id
        ),
        days AS (
          UPDATE spend_days d SET reserved_micros = d.reserved_micros - sums.micros
          FROM (SELECT campaign_id, day, sum(reserved_micros)::int8 AS micros FROM expired GROUP BY campaign_id, day) sums JOIN locked ON locked.campaign_id = sums.campaign_id
          WHERE d.advertiser_id = ${advertiserId}::uuid AND d.campaign_id = sums.campaign_id AND d.day = sums.day
        )
        SELECT count(*) AS decisions FROM expired`);
      return Number(freed?.decisions ?? 0n);
    },
  };
}

const CLAIM_COLUMNS: Columns<SpendClaim> = {
  campaign_id: ['uuid', (c) => c.campaignId],
  units: ['int4', (c) => c.units],
  cost: ['int8', (c) => c.costMicros],
  headroom: ['int8', (c) => c.headroomMicros],
  allowance: ['int8', (c) => c.allowanceMicros],
  cap: ['int4', (c) => c.cap?.impressions],
  after: ['timestamptz', (c) => c.cap?.after],
};

const CHARGE_COLUMNS: Columns<SpendCharge> = {
  decision_id: ['uuid', (c) => c.decisionId],
  campaign_id: ['uuid', (c) => c.campaignId],
  day: ['text', (c) => c.day],
  charge: ['int8', (c) => c.chargeMicros],
  freed: ['int8', (c) => c.freedMicros],
};
