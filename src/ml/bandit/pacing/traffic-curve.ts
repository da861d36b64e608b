import { badInput } from '../../../base/errors';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Relative traffic of each hour of the day, UTC: 24 numbers above 0, of mean 1. */
export type TrafficCurve = readonly number[];

/** Where nothing is known. */
export const EVEN_TRAFFIC: TrafficCurve = Array.from({ length: 24 }, () => 1);

/** Requests of one hour. */
export interface HourOfTraffic {
  /** Start of the hour, milliseconds since 1970. */
  readonly at: number;
  readonly requests: number;
}

/** Days after which an hour counts half. */
const HALF_LIFE = 7;
/** Days of even traffic that are mixed in: one quiet night is no law. */
const EVEN_DAYS = 0.5;

/**
 * The shape of a day from the hours so far: per hour of the day the mean of the requests, recent days first, drawn towards an even day.
 * Hours without a row had no requests. The running hour is left out, since it is not over.
 *
 * @param now milliseconds since 1970 @throws BAD_INPUT
 */
export function trafficCurve(hours: readonly HourOfTraffic[], now: number): TrafficCurve {
  for (const { at, requests } of hours) {
    if (!Number.isFinite(at) || !(requests >= 0 && requests < Infinity)) throw badInput('hours', `An hour of traffic at ${at} has ${requests} requests; it must be a finite number, not negative.`);
  }
  const running = Math.floor(now / HOUR);
  const known = new Map<number, number>();
  for (const { at, requests } of hours) {
    const hour = Math.floor(at / HOUR);
    if (hour < running) known.set(hour, (known.get(hour) ?? 0) + requests);
  }
  if (known.size === 0) return EVEN_TRAFFIC;
  const sums = new Float64Array(24);
  const weights = new Float64Array(24);
  // Beyond some months nothing counts any more.
  for (let hour = Math.max(Math.min(...known.keys()), running - 24 * 90); hour < running; hour++) {
    const weight = 0.5 ** ((running - hour) / 24 / HALF_LIFE);
    sums[hour % 24]! += weight * (known.get(hour) ?? 0);
    weights[hour % 24]! += weight;
  }
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = sums.reduce((sum, s) => sum + s, 0) / total;
  if (!(mean > 0)) return EVEN_TRAFFIC;
  const drawn = Array.from(sums, (sum, h) => (sum + EVEN_DAYS * mean) / (weights[h]! + EVEN_DAYS));
  const level = drawn.reduce((sum, x) => sum + x, 0) / 24;
  return drawn.map((x) => x / level);
}

/** Traffic from one moment to another, in average hours; over any number of days. */
export function trafficBetween(curve: TrafficCurve, from: number, until: number): number {
  return until > from ? trafficSince(curve, until) - trafficSince(curve, from) : 0;
}

function trafficSince(curve: TrafficCurve, moment: number): number {
  const days = Math.floor(moment / DAY);
  const inDay = (moment - days * DAY) / HOUR;
  const hour = Math.floor(inDay);
  let sum = days * curve.reduce((all, x) => all + x, 0);
  for (let h = 0; h < hour; h++) sum += curve[h]!;
  return sum + (inDay - hour) * curve[hour]!;
}
