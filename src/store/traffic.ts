import { rows, sql, table, type Columns, type Db } from './sql';

/** Requests that a campaign could have answered, in one hour. */
export interface TrafficCount {
  readonly campaignId: string;
  /** The hour's beginning. */
  readonly hour: Date;
  readonly requests: number;
}

export interface Traffic {
  /** One statement; adds to what was counted before. Each hour of a campaign at most once. */
  add(advertiserId: string, counts: readonly TrafficCount[]): Promise<void>;
  /** Of each campaign, in no particular order: the hours from `from` (included) to `to` (excluded) that had any. */
  between(advertiserId: string, campaignIds: readonly string[], from: Date, to: Date): Promise<TrafficCount[]>;
}

export function traffic(db: Db): Traffic {
  return {
    async add(advertiserId, counts) {
      if (counts.length === 0) return;
      await db.$executeRaw(sql`
        INSERT INTO traffic_hours AS t (advertiser_id, campaign_id, hour, requests)
        SELECT ${advertiserId}::uuid, c.id, given.hour, given.requests
        FROM ${table('given', counts, COLUMNS)} JOIN campaigns c ON c.advertiser_id = ${advertiserId}::uuid AND c.id = given.campaign_id
        ORDER BY c.id, given.hour
        ON CONFLICT (advertiser_id, campaign_id, hour) DO UPDATE SET requests = t.requests + excluded.requests`);
    },
    async between(advertiserId, campaignIds, from, to) {
      if (campaignIds.length === 0) return [];
      const found = await rows<{ campaignId: string; hour: Date; requests: bigint }>(db, sql`
        SELECT campaign_id, hour, requests FROM traffic_hours
        WHERE advertiser_id = ${advertiserId}::uuid AND campaign_id = ANY(${[...campaignIds]}::uuid[])
          AND hour >= ${from}::timestamptz AND hour < ${to}::timestamptz`);
      return found.map((row) => ({ ...row, requests: Number(row.requests) }));
    },
  };
}

const COLUMNS: Columns<TrafficCount> = {
  campaign_id: ['uuid', (t) => t.campaignId],
  hour: ['timestamptz', (t) => t.hour],
  requests: ['int8', (t) => t.requests],
};
