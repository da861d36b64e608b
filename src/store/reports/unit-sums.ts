import { amount, sql, type Sql } from '../sql';

/**
 * Sums over units (people; a request for nobody in particular), of what each did in all: enough for every ratio and its error. Amounts
 * are exact in micros, and in units of the currency inside products. What has no unit stands for itself: each impression is one, with a click or without.
 */
export interface UnitSums {
  readonly units: number;
  readonly impressions: number;
  readonly clicks: number;
  readonly conversions: number;
  readonly valueMicros: bigint;
  readonly spendMicros: bigint;
  /** Sums of products over units, each named by its two factors. */
  readonly impressionsSquared: number;
  readonly clicksSquared: number;
  readonly conversionsSquared: number;
  readonly spendSquared: number;
  readonly valueSquared: number;
  readonly clicksImpressions: number;
  readonly conversionsClicks: number;
  readonly spendConversions: number;
  readonly valueSpend: number;
}

/** The same as columns over rows `u` of (unit, i, c, k, v, s, v_squared): v and s in micros, v_squared the sum of squares of what has no unit. */
export const UNIT_SUMS: Sql = sql`
  (count(u.unit) + coalesce(sum(u.i) FILTER (WHERE u.unit IS NULL), 0))::int8 AS units,
  sum(u.i)::int8 AS impressions, sum(u.c)::int8 AS clicks, sum(u.k)::int8 AS conversions, ${amount('sum(u.v)')} AS value_micros, ${amount('sum(u.s)')} AS spend_micros,
  sum(CASE WHEN u.unit IS NULL THEN u.i ELSE u.i::float8 * u.i END)::float8 AS impressions_squared,
  sum(CASE WHEN u.unit IS NULL THEN u.c ELSE u.c::float8 * u.c END)::float8 AS clicks_squared,
  sum(CASE WHEN u.unit IS NULL THEN u.k ELSE u.k::float8 * u.k END)::float8 AS conversions_squared,
  sum(CASE WHEN u.unit IS NULL THEN u.v_squared ELSE (u.v / 1e6) * (u.v / 1e6) END)::float8 AS value_squared,
  sum((u.s / 1e6) * (u.s / 1e6))::float8 AS spend_squared,
  sum(CASE WHEN u.unit IS NULL THEN least(u.c, u.i) ELSE u.c::float8 * u.i END)::float8 AS clicks_impressions,
  sum(CASE WHEN u.unit IS NULL THEN least(u.k, u.c) ELSE u.k::float8 * u.c END)::float8 AS conversions_clicks,
  sum((u.s / 1e6) * u.k)::float8 AS spend_conversions,
  sum((u.s / 1e6) * (u.v / 1e6))::float8 AS value_spend`;

/** Counts come as 64-bit integers; reports count with numbers. */
export function fromUnitSums<Row extends object>(row: Row): UnitSums {
  const { units, impressions, clicks, conversions, ...rest } = row as unknown as UnitSums;
  return { ...rest, units: Number(units), impressions: Number(impressions), clicks: Number(clicks), conversions: Number(conversions) };
}
