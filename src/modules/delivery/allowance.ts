import type { Campaign } from '../../domain/entities/campaign';
import type { Standing } from '../../store/spending';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * What a campaign may have spent and held by now of the present day (UTC): its plan for the day, spread as traffic is. Null where
 * nothing paces it.
 * @param curve traffic expected in each hour of the day, in any unit
 */
export function allowanceOf(campaign: Campaign, standing: Pick<Standing, 'usedMicros' | 'usedTodayMicros'>, curve: readonly number[], now: Date): bigint | null {
  if (campaign.pacing !== 'EVEN') return null;
  const day = Math.floor(now.getTime() / DAY) * DAY;
  const from = Math.max(day, campaign.flight.startsAt.getTime());
  const to = Math.min(day + DAY, campaign.flight.endsAt?.getTime() ?? Infinity);
  const plan = planOf(campaign, standing, from, to);
  if (plan === null) return null;
  const until = (moment: number): number => trafficUntil(curve, (moment - day) / HOUR);
  const expected = until(to) - until(from);
  const share = expected > 0 ? (until(now.getTime()) - until(from)) / expected : (now.getTime() - from) / (to - from);
  return BigInt(Math.floor(Number(plan) * Math.min(1, Math.max(0, share))));
}

/** The daily budget, and of the total what the rest of the flight leaves to today. */
function planOf({ budget, flight }: Campaign, { usedMicros, usedTodayMicros }: Pick<Standing, 'usedMicros' | 'usedTodayMicros'>, from: number, to: number): bigint | null {
  const plans: bigint[] = [];
  if (budget.dailyMicros !== null) plans.push(budget.dailyMicros);
  if (budget.totalMicros !== null && flight.endsAt !== null) {
    const left = Number(budget.totalMicros - usedMicros + usedTodayMicros);
    plans.push(BigInt(Math.max(0, Math.floor((left * (to - from)) / Math.max(1, flight.endsAt.getTime() - from)))));
  }
  return plans.length === 0 ? null : plans.reduce((least, plan) => (plan < least ? plan : least));
}

/** Of a day, up to so many hours into it; evenly within an hour. */
function trafficUntil(curve: readonly number[], hours: number): number {
  const whole = Math.min(24, Math.max(0, Math.floor(hours)));
  const before = curve.slice(0, whole).reduce((sum, each) => sum + each, 0);
  return before + (curve[whole] ?? 0) * Math.max(0, hours - whole);
}
