import { amount, anyOf, raw, rows, sql, type Db, type Sql } from '../sql';
import { decided } from './decided';
import { fromUnitSums, UNIT_SUMS, type UnitSums } from './unit-sums';

export interface FigureScope {
  readonly campaignIds: readonly string[];
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
}

/** Times are of the decision, in UTC. By SEGMENT a person counts in each of theirs, and only people who are known count at all. */
export type Grouping = 'TOTAL' | 'CREATIVE' | 'SEGMENT' | 'HOUR' | 'DAY';

export interface Figures extends UnitSums {
  /** An id, a segment, the first moment of a time in milliseconds; empty for the total. */
  readonly key: string;
}

/** Small values that compare fast; as text they leave the statement. */
const KEYS: Readonly<Record<Grouping, Sql>> = {
  TOTAL: sql`NULL::int8`,
  CREATIVE: sql`f.creative_id`,
  SEGMENT: sql`segment.name COLLATE "C"`,
  HOUR: sql`(extract(epoch FROM date_trunc('hour', f.at AT TIME ZONE 'UTC')) * 1000)::int8`,
  DAY: sql`(extract(epoch FROM date_trunc('day', f.at AT TIME ZONE 'UTC')) * 1000)::int8`,
};

/** Decisions with their outcomes, and outcomes of what was not decided here at the time that they happened. */
export async function figures(db: Db, advertiserId: string, { campaignIds, from, to }: FigureScope, grouping: Grouping, most: number): Promise<Figures[]> {
  const within = (column: string): Sql => sql`${raw(column)} >= ${from}::timestamptz AND ${raw(column)} < ${to}::timestamptz`;
  const found = await rows<{ key: string }>(db, sql`
    WITH facts AS (
      SELECT creative_id, segments, at, unit, i, c, k, v, s, 0::float8 AS v_squared
      FROM (${decided(advertiserId, sql`${anyOf('d.campaign_id', 'uuid', campaignIds)!} AND ${within('d.created_at')}`)}) decided
      WHERE i > 0 OR k > 0 OR v > 0
      UNION ALL
      SELECT creative_id, '{}', occurred_at, profile_id,
        CASE WHEN kind = 'IMPRESSION' THEN count ELSE 0 END, CASE WHEN kind = 'CLICK' THEN count ELSE 0 END, CASE WHEN kind = 'CONVERSION' THEN count ELSE 0 END,
        coalesce(value_micros, 0), 0, power(coalesce(value_micros, 0) / 1e6, 2) / count
      FROM outcomes WHERE advertiser_id = ${advertiserId}::uuid AND decision_id IS NULL AND ${anyOf('campaign_id', 'uuid', campaignIds)!} AND ${within('occurred_at')}
    ),
    u AS (
      SELECT ${KEYS[grouping]} AS key, f.unit, sum(f.i)::int8 AS i, sum(f.c)::int8 AS c, sum(f.k)::int8 AS k, ${amount('sum(f.v)')} AS v, ${amount('sum(f.s)')} AS s, sum(f.v_squared) AS v_squared
      FROM facts f ${grouping === 'SEGMENT' ? sql`CROSS JOIN LATERAL unnest(f.segments) AS segment(name)` : sql``}
      GROUP BY 1, 2
    )
    SELECT coalesce(u.key::text, '') AS key, ${UNIT_SUMS} FROM u GROUP BY u.key
    ORDER BY ${grouping === 'HOUR' || grouping === 'DAY' ? sql`u.key` : sql`sum(u.i) DESC, u.key`} LIMIT ${most}::int4`);
  return found.map((row) => ({ key: row.key, ...fromUnitSums(row) }));
}
