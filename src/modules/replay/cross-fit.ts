/** Text scores and priors for every test, from other tests alone. */
import { binomial } from '../../base/binomial';
import { createRng, hash32 } from '../../base/rng';
import { fitDifferences, gramScore } from '../training/fit-linear';
import type { TestPrior } from './contestants';
import { fitReplayPrior, type ScoredTest } from './fit-prior';
import type { ReplayTest } from './headline-tests';

/** Of five parts one is played, one fits the four numbers of the prior, three teach the text model; each part is played once. */
const FOLDS = 5;
const ROWS = 65_536;

/** By story: tests that share a headline are never on two sides. */
export function foldOf(test: ReplayTest): number {
  return hash32(`replay:${test.story}`) % FOLDS;
}

/** @param note hears of progress */
export function crossFitPriors(tests: readonly ReplayTest[], seed: number, note: (text: string) => void): Map<ReplayTest, TestPrior> {
  const priors = new Map<ReplayTest, TestPrior>();
  for (let fold = 0; fold < FOLDS; fold++) {
    const played = tests.filter((test) => foldOf(test) === fold);
    if (played.length === 0) continue;
    const tuning = tests.filter((test) => foldOf(test) === (fold + 1) % FOLDS);
    const teaching = tests.filter((test) => foldOf(test) !== fold && foldOf(test) !== (fold + 1) % FOLDS);
    const coefficients = fitDifferences(casesOf(teaching), ROWS);
    const scoresOf = (test: ReplayTest): number[] => test.arms.map((arm) => gramScore(coefficients, arm.headline));
    const fitted = tuning.length > 0 ? tuning : teaching;
    const prior = priorFrom(fitted.map((test) => ({ test, scores: scoresOf(test) })), seed);
    for (const test of played) priors.set(test, { ...prior, scores: scoresOf(test) });
    note(`prior ${fold + 1} of ${FOLDS}: slope ${prior.slope.toFixed(2)}, tests differ by ${prior.between.toFixed(2)}, arms by ${prior.within.toFixed(2)}`);
  }
  return priors;
}

/**
 * The prior from tests with their text scores. Their logs are drawn anew from the observed rates: the played world's rates are the observed
 * ones, chance and all, and its logs scatter around those.
 */
export function priorFrom(tests: readonly { test: ReplayTest; scores: readonly number[] }[], seed: number): Omit<TestPrior, 'scores'> {
  const rng = createRng(hash32('replay-logs', seed));
  const logs: ScoredTest[] = tests.map(({ test, scores }) =>
    test.arms.map(({ impressions, clicks }, k) => ({ score: scores[k]!, impressions, clicks: binomial(rng, impressions, clicks / impressions) })),
  );
  const flat = fitReplayPrior(logs.map((test) => test.map((arm) => ({ ...arm, score: 0 }))));
  // A beta with the mean and the relative spread of rates whose log-odds are normal.
  const variance = flat.between ** 2 + flat.within ** 2;
  const mean = 1 / (1 + Math.exp(-(flat.level + variance / 2)));
  const alpha = 1 / Math.expm1(variance);
  return { ...fitReplayPrior(logs), alpha, beta: alpha / mean - alpha };
}

function casesOf(tests: readonly ReplayTest[]) {
  return tests.flatMap((test) => test.arms.map(({ headline, image, clicks, impressions }) => ({ group: `${test.id} ${image}`, text: headline, clicks, impressions })));
}
