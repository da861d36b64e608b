import type { Vertical } from '../domain/entities/campaign';
import type { CreativeEvidence as Row } from './generated/client';
import { rows, sql, table, type Columns, type Db } from './sql';

/** What outcomes add to what is known of a creative beside one model. */
export interface EvidenceSum {
  readonly creativeId: string;
  readonly modelVersionId: string;
  readonly impressions: number;
  readonly clicks: number;
  /** Sum over the impressions of the model's chance of a click. */
  readonly expectedClicks: number;
}

export interface CreativeEvidence {
  /** Of pairs; those of which nothing is known are absent. */
  of(advertiserId: string, pairs: readonly Pick<EvidenceSum, 'creativeId' | 'modelVersionId'>[]): Promise<EvidenceSum[]>;
  /** Of all models together, the creatives that were shown most. */
  mostShown(advertiserId: string, limit: number): Promise<Omit<EvidenceSum, 'modelVersionId'>[]>;
  /** One statement; each pair at most once. What is added at the same time elsewhere is kept too. */
  add(advertiserId: string, sums: readonly EvidenceSum[], now: Date): Promise<void>;
  /**
   * Writes what is known of a vertical's creatives beside one model over what is known beside another: impressions and clicks as they are,
   * expected clicks times the creative's ratio, or `pooled` where it has none. One statement.
   */
  carry(advertiserId: string, carried: CarriedEvidence, now: Date): Promise<void>;
}

export interface CarriedEvidence {
  readonly vertical: Vertical;
  readonly from: string;
  readonly to: string;
  readonly pooled: number;
  readonly ratios: readonly { readonly creativeId: string; readonly ratio: number }[];
}

export function creativeEvidence(db: Db): CreativeEvidence {
  return {
    async of(advertiserId, pairs) {
      if (pairs.length === 0) return [];
      const found = await rows<Row>(db, sql`
        SELECT e.* FROM ${table('given', pairs, PAIR)}
        JOIN creative_evidence e ON e.advertiser_id = ${advertiserId}::uuid AND e.creative_id = given.creative_id AND e.model_version_id = given.model_version_id`);
      return found.map(({ creativeId, modelVersionId, impressions, clicks, expectedClicks }) => ({
        creativeId, modelVersionId, expectedClicks, impressions: Number(impressions), clicks: Number(clicks),
      }));
    },
    async mostShown(advertiserId, limit) {
      const found = await rows<Pick<Row, 'creativeId' | 'impressions' | 'clicks' | 'expectedClicks'>>(db, sql`
        SELECT creative_id, sum(impressions)::int8 AS impressions, sum(clicks)::int8 AS clicks, sum(expected_clicks) AS expected_clicks
        FROM creative_evidence WHERE advertiser_id = ${advertiserId}::uuid AND impressions > 0
        GROUP BY creative_id ORDER BY sum(impressions) DESC, creative_id LIMIT ${limit}`);
      return found.map((sum) => ({ ...sum, impressions: Number(sum.impressions), clicks: Number(sum.clicks) }));
    },
    async add(advertiserId, sums, now) {
      if (sums.length === 0) return;
      await db.$executeRaw(sql`
        INSERT INTO creative_evidence AS e (advertiser_id, creative_id, model_version_id, impressions, clicks, expected_clicks, updated_at)
        SELECT ${advertiserId}::uuid, creative_id, model_version_id, impressions, clicks, expected_clicks, ${now}::timestamptz
        FROM ${table('given', sums, COLUMNS)} ORDER BY creative_id, model_version_id
        ON CONFLICT (advertiser_id, creative_id, model_version_id) DO UPDATE SET
          impressions = e.impressions + excluded.impressions, clicks = e.clicks + excluded.clicks,
          expected_clicks = e.expected_clicks + excluded.expected_clicks, updated_at = excluded.updated_at`);
    },
    async carry(advertiserId, { vertical, from, to, pooled, ratios }, now) {
      await db.$executeRaw(sql`
        INSERT INTO creative_evidence AS e (advertiser_id, creative_id, model_version_id, impressions, clicks, expected_clicks, updated_at)
        SELECT known.advertiser_id, known.creative_id, ${to}::uuid, known.impressions, known.clicks,
          least(known.expected_clicks * coalesce(given.ratio, ${pooled}::float8), known.impressions::float8), ${now}::timestamptz
        FROM creative_evidence known
        JOIN creatives c ON c.advertiser_id = known.advertiser_id AND c.id = known.creative_id
        JOIN campaigns k ON k.advertiser_id = c.advertiser_id AND k.id = c.campaign_id AND k.vertical = ${vertical}::text::"Vertical"
        LEFT JOIN ${table('given', ratios, RATIO)} ON given.creative_id = known.creative_id
        WHERE known.advertiser_id = ${advertiserId}::uuid AND known.model_version_id = ${from}::uuid
        ORDER BY known.creative_id
        ON CONFLICT (advertiser_id, creative_id, model_version_id) DO UPDATE SET
          impressions = excluded.impressions, clicks = excluded.clicks, expected_clicks = excluded.expected_clicks, updated_at = excluded.updated_at`);
    },
  };
}

const RATIO: Columns<CarriedEvidence['ratios'][number]> = {
  creative_id: ['uuid', (r) => r.creativeId],
  ratio: ['float8', (r) => r.ratio],
};

const PAIR: Columns<Pick<EvidenceSum, 'creativeId' | 'modelVersionId'>> = {
  creative_id: ['uuid', (e) => e.creativeId],
  model_version_id: ['uuid', (e) => e.modelVersionId],
};

const COLUMNS: Columns<EvidenceSum> = {
  ...PAIR,
  impressions: ['int8', (e) => e.impressions],
  clicks: ['int8', (e) => e.clicks],
  expected_clicks: ['float8', (e) => e.expectedClicks],
};
