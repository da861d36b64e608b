import type { Campaign } from '../../domain/entities/campaign';
import { allowanceToday } from '../../ml/bandit/pacing/allowance';
import { EVEN_TRAFFIC, type TrafficCurve } from '../../ml/bandit/pacing/traffic-curve';
import type { Standing } from '../../store/spending';

/** What a campaign may have spent and held by now of the present day (UTC), in micros; null where no budget bounds it. */
export function allowanceOf({ pacing, flight, budget }: Campaign, standing: Pick<Standing, 'usedMicros' | 'usedTodayMicros'>, curve: TrafficCurve | undefined, now: Date): bigint | null {
  const number = (micros: bigint | null): number | null => (micros === null ? null : Number(micros));
  const plan = {
    pacing, startsAt: flight.startsAt.getTime(), endsAt: flight.endsAt?.getTime() ?? null, dailyBudget: number(budget.dailyMicros), totalBudget: number(budget.totalMicros),
  };
  const spentBefore = Math.max(0, Number(standing.usedMicros - standing.usedTodayMicros));
  const allowance = allowanceToday(plan, { curve: curve ?? EVEN_TRAFFIC, now: now.getTime(), spentBefore });
  return allowance === null ? null : BigInt(allowance);
}
