import { binomial } from '../../../../src/base/binomial';
import { createRng } from '../../../../src/base/rng';
import { allowanceToday, type SpendPlan } from '../../../../src/ml/bandit/pacing/allowance';
import { DAY, HOUR, trafficBetween, trafficCurve, type HourOfTraffic, type TrafficCurve } from '../../../../src/ml/bandit/pacing/traffic-curve';

/** Requests per hour of a day with a quiet night and a tall evening. */
export const SKEWED = [300, 150, 80, 50, 50, 90, 250, 600, 900, 1000, 950, 900, 1100, 1000, 900, 950, 1100, 1500, 2200, 2900, 3200, 2600, 1500, 700];
export const START = Date.UTC(2026, 5, 1);

export interface DayOptions {
  /** Traffic that really comes. */
  readonly traffic: readonly number[];
  /** Budget as a share of what winning everything would cost. */
  readonly share: number;
  readonly seed: number;
}

export interface SimulatedDay {
  /** Spend at midnight over the budget. */
  readonly end: number;
  /** The farthest that spend was from the share of traffic that had come, in shares of the budget. */
  readonly stray: number;
  /** Variance of takings per ten seconds over their mean: 1 is chance, more is bursts. */
  readonly burst: number;
}

const COST = 1_000;
const STEP = 10_000;

/** Seven days of traffic to learn from, then one that is spent on: requests in steps of ten seconds, each charged if the gate allows it. */
export function simulateDay({ traffic, share, seed }: DayOptions): SimulatedDay {
  const rng = createRng(seed);
  const history: HourOfTraffic[] = Array.from({ length: 7 * 24 }, (_, h) => ({ at: START - 7 * DAY + h * HOUR, requests: Math.round(SKEWED[h % 24]! * (0.85 + 0.3 * rng.next())) }));
  const real: TrafficCurve = traffic.map((x) => (24 * x) / traffic.reduce((a, b) => a + b, 0));
  const requests = traffic.reduce((a, b) => a + b, 0);
  const budget = Math.floor(share * requests) * COST;
  const plan: SpendPlan = { pacing: 'EVEN', startsAt: START - DAY, endsAt: null, dailyBudget: budget, totalBudget: null };
  const curve = trafficCurve(history, START);
  let [spent, stray, taken, squares, steps] = [0, 0, 0, 0, 0];
  for (let now = START; now < START + DAY; now += STEP) {
    const inStep = trafficBetween(real, now, now + STEP) * (requests / 24);
    const came = binomial(rng, Math.ceil(inStep * 20), inStep / Math.ceil(inStep * 20));
    const allowed = allowanceToday(plan, { curve, now, spentBefore: 0 })!;
    let wins = 0;
    for (let k = 0; k < came; k++) {
      if (spent + COST > allowed) break;
      spent += COST;
      wins++;
    }
    stray = Math.max(stray, Math.abs(spent / budget - trafficBetween(real, START, now + STEP) / 24));
    taken += wins;
    squares += wins * wins;
    steps++;
  }
  const mean = taken / steps;
  return { end: spent / budget, stray, burst: (squares / steps - mean * mean) / mean };
}
