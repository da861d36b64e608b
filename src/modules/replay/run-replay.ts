/** The contest: every player on every test, several seeds, and what is left after pairing them test by test. */
import { createRng, hash32, type Rng } from '../../base/rng';
import { betaThompson, evenSplit, klUpperBound, modelOnly, ours, type Player, type TestPrior } from './contestants';
import { exploreThenCommit, play, ratesOf, type Take } from './play';
import type { ReplayTest } from './headline-tests';

export const EXPLORED = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5] as const;
export const CONFIDENCE = [0.05, 0.1, 0.2, 0.4, 1] as const;

/** Mean per test with its 95 % interval over tests. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface BudgetResult {
  readonly budget: number;
  readonly clicks: Interval;
  readonly regret: Interval;
  /** Regret as a share of the even split's. */
  readonly ofEven: number;
  /** Regret beyond ours, test by test; below 0 where ours lost. Null for ours. */
  readonly beyondOurs: Interval | null;
  /** What it was tuned to, in hindsight, on these very tests; null where nothing was. */
  readonly tuned: number | null;
}

export interface PolicyResult {
  readonly policy: string;
  /** Contestants are to be beaten; variants of ours say what its parts do. */
  readonly role: 'contestant' | 'ours' | 'variant';
  readonly budgets: readonly BudgetResult[];
}

interface Entry {
  readonly policy: string;
  readonly role: PolicyResult['role'];
  /** What may be chosen in hindsight; one entry where nothing may. */
  readonly settings: readonly (number | null)[];
  /** Null is the A/B test, which needs no player. */
  readonly player: ((prior: TestPrior, setting: number, budget: number) => Player) | null;
  /** Plays otherwise where it knows the budget: one run for each. */
  readonly knowsBudget?: boolean;
}

const ENTRIES: readonly Entry[] = [
  { policy: 'even split', role: 'contestant', settings: [null], player: () => evenSplit },
  { policy: 'A/B test, then its winner', role: 'contestant', settings: EXPLORED, player: null },
  { policy: 'KL-UCB', role: 'contestant', settings: CONFIDENCE, player: (_, c) => klUpperBound(c) },
  { policy: 'Thompson, Beta(1, 1)', role: 'contestant', settings: [null], player: () => betaThompson(1, 1) },
  { policy: 'Thompson, fitted Beta', role: 'contestant', settings: [null], player: (prior) => betaThompson(prior.alpha, prior.beta) },
  { policy: 'model only', role: 'contestant', settings: [null], player: modelOnly },
  { policy: 'ours', role: 'ours', settings: [null], player: (prior, _, budget) => ours(prior, { budget, floor: 0, text: true, images: true }), knowsBudget: true },
  { policy: 'ours, floor of 0.5 %', role: 'variant', settings: [null], player: (prior, _, budget) => ours(prior, { budget, floor: 0.005, text: true, images: true }), knowsBudget: true },
  { policy: 'ours without the text', role: 'variant', settings: [null], player: (prior, _, budget) => ours(prior, { budget, floor: 0, text: false, images: true }), knowsBudget: true },
  { policy: 'ours without the images', role: 'variant', settings: [null], player: (prior, _, budget) => ours(prior, { budget, floor: 0, text: true, images: false }), knowsBudget: true },
  { policy: 'ours, no end in sight', role: 'variant', settings: [null], player: (prior) => ours(prior, { budget: Infinity, floor: 0, text: true, images: true }) },
];

export interface ReplayOptions {
  /** Ascending. */
  readonly budgets: readonly number[];
  readonly seeds: number;
  readonly note: (text: string) => void;
  /** Called between tests; may throw to stop. */
  readonly checkpoint: () => void;
}

export function runReplay(priors: ReadonlyMap<ReplayTest, TestPrior>, { budgets, seeds, note, checkpoint }: ReplayOptions): PolicyResult[] {
  const raw = ENTRIES.map((entry) => {
    const runs = entry.settings.map((setting) => {
      // [budget][test]: means over seeds.
      const takes: Take[][] = budgets.map(() => []);
      for (const [test, prior] of priors) {
        checkpoint();
        const rates = ratesOf(test);
        const sums = budgets.map(() => ({ clicks: 0, regret: 0 }));
        for (let seed = 0; seed < seeds; seed++) {
          const rng = createRng(hash32(`${entry.policy}:${test.id}`, seed));
          const brought = bring(entry, { rates, prior, setting: setting ?? 0, budgets, rng });
          brought.forEach(({ clicks, regret }, i) => {
            sums[i]!.clicks += clicks / seeds;
            sums[i]!.regret += regret / seeds;
          });
        }
        sums.forEach((sum, i) => takes[i]!.push(sum));
      }
      return { setting, takes };
    });
    note(`${entry.policy} played`);
    // The tuned ones may choose in hindsight, for each budget: more than they could in use.
    return budgets.map((_, i) => runs.reduce((a, b) => (total(b.takes[i]!) < total(a.takes[i]!) ? b : a))).map(({ setting, takes }, i) => ({ setting, takes: takes[i]! }));
  });
  const [even, mine] = [raw[0]!, raw[ENTRIES.findIndex((e) => e.role === 'ours')]!];
  return ENTRIES.map(({ policy, role }, e) => ({
    policy,
    role,
    budgets: budgets.map((budget, i): BudgetResult => {
      const { setting, takes } = raw[e]![i]!;
      return {
        budget,
        clicks: interval(takes.map((t) => t.clicks)),
        regret: interval(takes.map((t) => t.regret)),
        ofEven: total(takes) / total(even[i]!.takes),
        beyondOurs: role === 'ours' ? null : interval(takes.map((t, k) => t.regret - mine[i]!.takes[k]!.regret)),
        tuned: setting,
      };
    }),
  }));
}

function bring({ player, knowsBudget }: Entry, { rates, prior, setting, budgets, rng }: { rates: readonly number[]; prior: TestPrior; setting: number; budgets: readonly number[]; rng: Rng }): Take[] {
  if (player === null) return budgets.map((budget) => exploreThenCommit(rates, setting, budget, rng));
  if (knowsBudget) return budgets.map((budget) => play(rates, player(prior, setting, budget), [budget], rng)[0]!);
  return play(rates, player(prior, setting, Infinity), budgets, rng);
}

function total(takes: readonly Take[]): number {
  return takes.reduce((sum, take) => sum + take.regret, 0);
}

function interval(values: readonly number[]): Interval {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const half = 1.96 * Math.sqrt(variance / values.length);
  return { mean, low: mean - half, high: mean + half };
}
