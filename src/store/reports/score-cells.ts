import { all, anyOf, rows, sql, when, type Db } from '../sql';

export interface ScoreScope {
  /** All, when null. */
  readonly campaignIds: readonly string[] | null;
  readonly modelVersionId: string | null;
  /** What lies before `from` is the baseline. */
  readonly baselineFrom: Date;
  readonly from: Date;
  readonly to: Date;
  readonly bucket: 'HOUR' | 'DAY';
}

/** Impressions of one stretch of time and one bin of scores. */
export interface ScoreCell {
  /** First moment of the stretch, UTC; null is the baseline. */
  readonly bucket: Date | null;
  /** 0 to SCORE_BINS + 1, by the log-odds of the predicted chance. */
  readonly bin: number;
  readonly impressions: number;
  readonly predictedClicks: number;
  readonly clicks: number;
}

/** Bins of a tenth of log-odds from -9 to 1: chances of 0.01 % to 73 %; what lies beyond has a bin on either side. */
export const SCORE_BINS = 100;

export async function scoreCells(db: Db, advertiserId: string, scope: ScoreScope): Promise<ScoreCell[]> {
  const matching = all(
    sql`d.advertiser_id = ${advertiserId}::uuid`,
    sql`d.impression_at IS NOT NULL AND d.model_version_id IS NOT NULL`,
    sql`d.created_at >= ${scope.baselineFrom}::timestamptz AND d.created_at < ${scope.to}::timestamptz`,
    anyOf('d.campaign_id', 'uuid', scope.campaignIds ?? undefined),
    when(scope.modelVersionId, (id) => sql`d.model_version_id = ${id}::uuid`),
  );
  const found = await rows<ScoreCell & { impressions: bigint; clicks: bigint }>(db, sql`
    SELECT CASE WHEN d.created_at >= ${scope.from}::timestamptz THEN date_trunc(${scope.bucket.toLowerCase()}::text, d.created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' END AS bucket,
      width_bucket(ln(p.p / (1 - p.p)), -9, 1, ${SCORE_BINS}::int4) AS bin,
      count(*)::int8 AS impressions, sum(d.p_click)::float8 AS predicted_clicks, count(d.click_at)::int8 AS clicks
    FROM decisions d CROSS JOIN LATERAL (SELECT least(greatest(d.p_click, 1e-12), 1 - 1e-12) AS p) p
    WHERE ${matching} GROUP BY 1, 2 ORDER BY 1, 2`);
  return found.map((row) => ({ ...row, impressions: Number(row.impressions), clicks: Number(row.clicks) }));
}
