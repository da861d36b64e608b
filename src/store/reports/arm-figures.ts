import { amount, rows, sql, when, all, type Db } from '../sql';
import { decided } from './decided';
import { fromUnitSums, UNIT_SUMS, type UnitSums } from './unit-sums';

export interface ArmScope {
  readonly experimentId: string;
  /** Only decisions in this currency; all, when null. */
  readonly currency: string | null;
  /** What people did between these moments is known beforehand. */
  readonly beforeFrom: Date;
  readonly before: Date;
}

export interface ArmFigures extends UnitSums {
  /** Null is what the log keeps of the holdout. */
  readonly arm: string | null;
  /** Whether the units are people who are known; the others are requests of nobody known. */
  readonly ofPeople: boolean;
  readonly currencies: readonly string[];
  /** Units with a click rate from before the experiment, and sums of that rate h over them. */
  readonly known: number;
  readonly rates: number;
  readonly ratesSquared: number;
  readonly clicksRates: number;
  readonly impressionsRates: number;
  readonly knownClicks: number;
  readonly knownImpressions: number;
}

/** Every decision of the experiment, seen or not: by arm those of people who are known, beside their clicks per impression beforehand, and those of nobody known. */
export async function armFigures(db: Db, advertiserId: string, { experimentId, currency, beforeFrom, before }: ArmScope): Promise<ArmFigures[]> {
  const matching = all(sql`d.experiment_id = ${experimentId}::uuid`, when(currency, (code) => sql`d.currency = ${code}`));
  const found = await rows<Omit<ArmFigures, keyof UnitSums> & { known: bigint }>(db, sql`
    WITH dealt AS MATERIALIZED (${decided(advertiserId, matching)}),
    earlier AS (
      SELECT d.profile_id, count(d.click_at)::float8 / count(*) AS h
      FROM decisions d
      WHERE d.advertiser_id = ${advertiserId}::uuid AND d.profile_id IN (SELECT person FROM dealt WHERE person IS NOT NULL)
        AND d.created_at >= ${beforeFrom}::timestamptz AND d.created_at < ${before}::timestamptz AND d.impression_at IS NOT NULL
      GROUP BY d.profile_id
    ),
    u AS (
      SELECT dealt.arm COLLATE "C" AS arm, dealt.person IS NOT NULL AS of_people, dealt.unit, min(earlier.h) AS h,
        sum(i)::int8 AS i, sum(c)::int8 AS c, sum(k)::int8 AS k, ${amount('sum(v)')} AS v, ${amount('sum(s)')} AS s, 0::float8 AS v_squared
      FROM dealt LEFT JOIN earlier ON earlier.profile_id = dealt.person
      GROUP BY 1, 2, 3
    )
    SELECT u.arm, u.of_people, ${UNIT_SUMS},
      ARRAY(SELECT DISTINCT currency::text FROM dealt) AS currencies,
      count(u.h)::int8 AS known, coalesce(sum(u.h), 0)::float8 AS rates, coalesce(sum(u.h * u.h), 0)::float8 AS rates_squared,
      coalesce(sum(u.c * u.h), 0)::float8 AS clicks_rates, coalesce(sum(u.i * u.h), 0)::float8 AS impressions_rates,
      coalesce(sum(u.c) FILTER (WHERE u.h IS NOT NULL), 0)::float8 AS known_clicks, coalesce(sum(u.i) FILTER (WHERE u.h IS NOT NULL), 0)::float8 AS known_impressions
    FROM u GROUP BY u.arm, u.of_people ORDER BY u.arm NULLS LAST, u.of_people`);
  return found.map((row) => ({ ...row, ...fromUnitSums(row), known: Number(row.known) }));
}
