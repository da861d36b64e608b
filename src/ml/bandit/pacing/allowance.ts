import { badInput } from '../../../base/errors';
import { DAY, trafficBetween, type TrafficCurve } from './traffic-curve';

/** What spending is to keep to. Money is in micros, moments in milliseconds since 1970, days are UTC. */
export interface SpendPlan {
  readonly pacing: 'EVEN' | 'AS_FAST_AS_POSSIBLE';
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly dailyBudget: number | null;
  readonly totalBudget: number | null;
}

/**
 * How far the plan is ahead of the clock: what the last minutes of a day or flight fail to spend is lost, and the first request of a day
 * must find something to spend.
 */
export const LEAD = 10 * 60_000;

/**
 * What today's spend (charged and reserved) may have come to by now; null without a budget. EVEN follows the traffic: of a daily budget
 * the share of the day's traffic so far, of a total budget the share of the rest of the flight's, so that what earlier days left is spread
 * over all that follow. A day that the flight cuts short has the whole daily budget. Never more than the budgets, nothing outside
 * the flight.
 *
 * @param spentBefore all spend before today @returns whole micros @throws BAD_INPUT
 */
export function allowanceToday(plan: SpendPlan, { curve, now, spentBefore }: { curve: TrafficCurve; now: number; spentBefore: number }): number | null {
  const { startsAt, endsAt, dailyBudget, totalBudget } = plan;
  if (!(spentBefore >= 0 && spentBefore < Infinity)) throw badInput('spentBefore', `Spend before today is ${spentBefore}; it must be a finite number, not negative.`);
  for (const [name, budget] of [['dailyBudget', dailyBudget], ['totalBudget', totalBudget]] as const) {
    if (budget !== null && !(budget >= 0 && budget < Infinity)) throw badInput(name, `${name} is ${budget}; it must be a finite number, not negative.`);
  }
  if (now < startsAt || (endsAt !== null && now >= endsAt)) return 0;
  const left = totalBudget === null ? null : Math.max(0, totalBudget - spentBefore);
  if (dailyBudget === null && left === null) return null;
  const from = Math.max(startsAt, Math.floor(now / DAY) * DAY);
  const nextDay = Math.floor(now / DAY) * DAY + DAY;
  const paced = (budget: number, until: number): number => {
    if (plan.pacing === 'AS_FAST_AS_POSSIBLE') return budget;
    return budget * Math.min(1, trafficBetween(curve, from, Math.min(now + LEAD, until)) / trafficBetween(curve, from, until));
  };
  return Math.floor(
    Math.min(
      dailyBudget === null ? Infinity : paced(dailyBudget, Math.min(nextDay, endsAt ?? nextDay)),
      // Without an end there is nothing to spread a total over.
      left === null ? Infinity : endsAt === null ? left : paced(left, endsAt),
    ),
  );
}
