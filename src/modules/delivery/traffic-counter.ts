import { messageOf } from '../../base/errors';
import type { Logger } from '../../base/logger';
import { DAY, HOUR, trafficCurve, type HourOfTraffic, type TrafficCurve } from '../../ml/bandit/pacing/traffic-curve';
import type { Store } from '../../store/store';

/** Days that the shape of one is learned from. */
const LEARNED_DAYS = 28;

/** Counts requests behind the answers, and knows from the days before how they spread over a day. */
export interface TrafficCounter {
  /** A request that these campaigns could have answered. */
  count(campaignIds: readonly string[], at: Date): void;
  /** For each campaign the shape of a day, from the hours that are over; even where nothing was counted. */
  curves(campaignIds: readonly string[], now: Date): Promise<Map<string, TrafficCurve>>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createTrafficCounter(options: { store: Pick<Store, 'traffic'>; advertiserId: string; logger: Logger; intervalMs?: number }): TrafficCounter {
  const { store, advertiserId, logger, intervalMs = 1_000 } = options;
  let waiting = new Map<string, { campaignId: string; hour: Date; requests: number }>();
  let timer: NodeJS.Timeout | null = null;
  let flushing: Promise<void> = Promise.resolve();
  /** Hours that are over change no more: what was learned of each campaign in the running one. */
  const learned = { hour: Number.NaN, curves: new Map<string, TrafficCurve>() };

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
      const hour = Math.floor(now.getTime() / HOUR);
      if (learned.hour !== hour) {
        learned.hour = hour;
        learned.curves = new Map();
      }
      const { curves } = learned;
      const unknown = campaignIds.filter((id) => !curves.has(id));
      if (unknown.length > 0) {
        const hours = new Map<string, HourOfTraffic[]>(unknown.map((id) => [id, []]));
        for (const { campaignId, hour: at, requests } of await store.traffic.between(advertiserId, unknown, new Date(now.getTime() - LEARNED_DAYS * DAY), now)) {
          hours.get(campaignId)!.push({ at: at.getTime(), requests });
        }
        for (const [id, counted] of hours) curves.set(id, trafficCurve(counted, now.getTime()));
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
