/** One test played by one player: impressions in growing batches, clicks drawn from the rates that were observed. */
import { binomial } from '../../base/binomial';
import type { Rng } from '../../base/rng';
import { argmax, type Counts, type Player } from './contestants';
import type { ReplayTest } from './headline-tests';

/** Impressions of the first batches, and by what share of what was shown later ones grow: how late outcomes reach a decision. */
export const FIRST_BATCH = 5;
export const GROWTH = 0.1;

/** What a budget brought. */
export interface Take {
  readonly clicks: number;
  /** Clicks that the best arm would have had beyond these, expected: sum of impressions x (best rate - rate). */
  readonly regret: number;
}

export function ratesOf(test: ReplayTest): number[] {
  return test.arms.map((arm) => arm.clicks / arm.impressions);
}

/** @param budgets ascending @returns what each budget brought, of one run through all of them */
export function play(rates: readonly number[], player: Player, budgets: readonly number[], rng: Rng): Take[] {
  const best = Math.max(...rates);
  const counts: Counts = { impressions: new Float64Array(rates.length), clicks: new Float64Array(rates.length), total: 0 };
  let [clicks, regret] = [0, 0];
  return budgets.map((budget) => {
    while (counts.total < budget) {
      const batch = Math.min(budget - counts.total, Math.max(FIRST_BATCH, Math.floor(counts.total * GROWTH)));
      const impressions = player(counts, batch, rng);
      for (let k = 0; k < rates.length; k++) {
        const n = impressions[k]!;
        if (n === 0) continue;
        const c = binomial(rng, n, rates[k]!);
        counts.impressions[k]! += n;
        counts.clicks[k]! += c;
        clicks += c;
        regret += n * (best - rates[k]!);
      }
      counts.total += batch;
    }
    return { clicks, regret };
  });
}

/** A/B test, then the arm with the highest rate: `share` of the budget split evenly first. */
export function exploreThenCommit(rates: readonly number[], share: number, budget: number, rng: Rng): Take {
  const best = Math.max(...rates);
  const each = Math.max(1, Math.floor((share * budget) / rates.length));
  const seen = rates.map((p) => binomial(rng, each, p));
  const chosen = rates[argmax(seen)]!;
  const left = Math.max(0, budget - each * rates.length);
  return {
    clicks: seen.reduce((sum, c) => sum + c, 0) + binomial(rng, left, chosen),
    regret: rates.reduce((sum, p) => sum + each * (best - p), 0) + left * (best - chosen),
  };
}
