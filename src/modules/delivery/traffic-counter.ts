import { messageOf } from '../../base/errors';
import type { Logger } from '../../base/logger';
import type { Store } from '../../store/store';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days before the present one that its shape is learned from. */
const LEARNED_DAYS = 7;
/** Beside what was counted, each hour starts with so much of an even day: one odd hour of one quiet day is no shape yet. */
const EVEN_REQUESTS = 1;

/** Counts requests behind the answers, and knows from the days before how they spread over a day. */
export interface TrafficCounter {
  /** A request that these campaigns could have answered. */
  count(campaignIds: readonly string[], at: Date): void;
  /** Traffic expected in each hour of the day (UTC) of `now`, for each campaign; even where nothing was counted before. */
  curves(campaignIds: readonly string[], now: Date): Promise<Map<string, readonly number[]>>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createTrafficCounter(options: { store: Pick<Store, 'traffic'>; advertiserId: string; logger: Logger; intervalMs?: number }): TrafficCounter {
  const { store, advertiserId, logger, intervalMs = 1_000 } = options;
  let waiting = new Map<string, { campaignId: string; hour: Date; requests: number }>();
  let timer: NodeJS.Timeout | null = null;
  let flushing: Promise<void> = Promise.resolve();
  /** The days before do not change: of the present day, what was learned of each campaign. */
  const learned = { day: Number.NaN, curves: new Map<string, readonly number[]>() };

  const write = async (): Promise<void> => {
    const counts = [...waiting.values()];
    if (counts.length === 0) return;
    waiting = new Map();
    try {
      await store.traffic.add(advertiserId, counts);
    } catch (error) {
      logger.warn('traffic could not be counted; it is tried again', { rows: counts.length, error: messageOf(error) });
      for (const { campaignId, hour, requests } of counts) put(campaignId, hour, requests);
    }
  };
  const flush = (): Promise<void> => (flushing = flushing.then(write));
  const put = (campaignId: string, hour: Date, requests: number): void => {
    const key = `${campaignId} ${hour.getTime()}`;
    const known = waiting.get(key);
    if (known) known.requests += requests;
    else waiting.set(key, { campaignId, hour, requests });
    timer ??= setTimeout(() => {
      timer = null;
      void flush();
    }, intervalMs).unref();
  };

  return {
    count(campaignIds, at) {
      const hour = new Date(Math.floor(at.getTime() / HOUR) * HOUR);
      for (const id of campaignIds) put(id, hour, 1);
    },
    async curves(campaignIds, now) {
      const day = Math.floor(now.getTime() / DAY) * DAY;
      if (learned.day !== day) {
        learned.day = day;
        learned.curves = new Map();
      }
      const { curves } = learned;
      const unknown = campaignIds.filter((id) => !curves.has(id));
      if (unknown.length > 0) {
        const counts = await store.traffic.between(advertiserId, unknown, new Date(day - LEARNED_DAYS * DAY), new Date(day));
        const found = new Map(unknown.map((id) => [id, Array.from({ length: 24 }, () => EVEN_REQUESTS)]));
        for (const { campaignId, hour, requests } of counts) found.get(campaignId)![hour.getUTCHours()]! += requests;
        for (const [id, curve] of found) curves.set(id, curve);
      }
      return new Map(campaignIds.map((id) => [id, curves.get(id)!]));
    },
    flush,
    async close() {
      if (timer) clearTimeout(timer);
      timer = null;
      await flush();
      if (timer) clearTimeout(timer);
    },
  };
}
