import { amount, sql, type Sql } from '../sql';

/**
 * Decisions that match, each with what came of it: (id, campaign_id, creative_id, segments, at, unit, person, arm, currency, i, c, k, v, s). The unit is
 * the person where one is known, else the request. What it cost is what was charged for it at the time.
 * @param matching over `d`, the decisions
 */
export function decided(advertiserId: string, matching: Sql): Sql {
  return sql`
    WITH picked AS MATERIALIZED (
      SELECT d.id, d.campaign_id, d.creative_id, d.segments, d.created_at, d.profile_id, d.request_id, d.experiment_arm, d.currency, d.impression_at, d.click_at, d.charged_micros FROM decisions d
      WHERE d.advertiser_id = ${advertiserId}::uuid AND ${matching}
    ),
    -- Joined as a whole, not decision by decision: of many most have nothing that came of them.
    came AS (
      SELECT o.decision_id, sum(o.count) FILTER (WHERE o.kind = 'CONVERSION')::int8 AS k, ${amount('sum(o.value_micros)')} AS v
      FROM outcomes o JOIN picked ON picked.id = o.decision_id
      WHERE o.advertiser_id = ${advertiserId}::uuid AND (o.kind = 'CONVERSION' OR o.value_micros IS NOT NULL) GROUP BY o.decision_id
    )
    SELECT d.id, d.campaign_id, d.creative_id, d.segments, d.created_at AS at, coalesce(d.profile_id, d.request_id) AS unit, d.profile_id AS person,
      d.experiment_arm AS arm, d.currency, (d.impression_at IS NOT NULL)::int4::int8 AS i, (d.click_at IS NOT NULL)::int4::int8 AS c,
      coalesce(came.k, 0) AS k, coalesce(came.v, 0) AS v, d.charged_micros AS s
    FROM picked d LEFT JOIN came ON came.decision_id = d.id`;
}
