/** Text scores and priors for every test, from other tests alone. */
import { binomial } from '../../base/binomial';
import { createRng, hash32 } from '../../base/rng';
import type { TestPrior } from './contestants';
import { fitReplayPrior, type ScoredTest } from './fit-prior';
import type { ReplayTest } from './headline-tests';
import { lateness } from './image-order';
import { textModel, type TextSetting } from './text-model';

/** Of five parts one is played and four teach the text model; each part is played once. */
const FOLDS = 5;
/** Of these the four parts choose, each part's scores by a model of the other three. */
const SETTINGS: readonly TextSetting[] = [30, 60, 120].flatMap((penalty) => [0.2, 0.5].map((form) => ({ penalty, form })));

/** By story: tests that share a headline are never on two sides. */
export function foldOf(test: ReplayTest): number {
  return hash32(`replay:${test.story}`) % FOLDS;
}

type Scores = ReadonlyMap<ReplayTest, readonly number[]>;

/** @param note hears of progress */
export function crossFitPriors(tests: readonly ReplayTest[], seed: number, note: (text: string) => void): Map<ReplayTest, TestPrior> {
  const model = textModel(tests);
  const folds = Array.from({ length: FOLDS }, (_, fold) => tests.filter((test) => foldOf(test) === fold));
  const known = new Map<string, Scores>();
  /** Scores that neither of two parts had a hand in: what is played, and what the settings and the prior are fitted on. */
  const without = (played: number, tuning: number, setting: TextSetting): Scores => {
    const key = `${Math.min(played, tuning)} ${Math.max(played, tuning)} ${setting.penalty} ${setting.form}`;
    if (!known.has(key)) known.set(key, model.scores((test) => foldOf(test) !== played && foldOf(test) !== tuning, setting));
    return known.get(key)!;
  };
  const priors = new Map<ReplayTest, TestPrior>();
  folds.forEach((played, fold) => {
    if (played.length === 0) return;
    const others = folds.flatMap((own, other) => (other === fold ? [] : own));
    const crossed = SETTINGS.map((setting) => new Map(folds.flatMap((own, other) => {
      if (other === fold || own.length === 0) return [];
      const scores = without(fold, other, setting);
      return own.map((test): [ReplayTest, readonly number[]] => [test, scores.get(test)!]);
    })));
    const agreements = crossed.map((scores) => model.agreement(others, scores));
    const best = agreements.indexOf(Math.max(...agreements));
    const prior = priorFrom([...crossed[best]!].map(([test, scores]) => ({ test, scores })), seed);
    const scores = without(fold, fold, SETTINGS[best]!);
    for (const test of played) priors.set(test, { ...prior, scores: scores.get(test)!, late: lateness(test) });
    const { penalty, form } = SETTINGS[best]!;
    note(`prior ${fold + 1} of ${FOLDS}: penalty ${penalty}, form ${form}, correlation ${agreements[best]!.toFixed(3)}, slope ${prior.slope.toFixed(2)}, delay ${prior.delay.toFixed(4)}, tests differ by ${prior.between.toFixed(2)}, arms by ${prior.within.toFixed(2)}`);
  });
  return priors;
}

/**
 * The prior from tests with their text scores. Their logs are drawn anew from the observed rates: the played world's rates are the observed
 * ones, chance and all, and its logs scatter around those.
 */
export function priorFrom(tests: readonly { test: ReplayTest; scores: readonly number[] }[], seed: number): Omit<TestPrior, 'scores' | 'late'> {
  const rng = createRng(hash32('replay-logs', seed));
  const logs: ScoredTest[] = tests.map(({ test, scores }) => {
    const late = lateness(test);
    return test.arms.map(({ impressions, clicks }, k) => ({ score: scores[k]!, late: late[k]!, impressions, clicks: binomial(rng, impressions, clicks / impressions) }));
  });
  const flat = fitReplayPrior(logs.map((test) => test.map((arm) => ({ ...arm, score: 0, late: 0 }))));
  // A beta with the mean and the relative spread of rates whose log-odds are normal.
  const variance = flat.between ** 2 + flat.within ** 2;
  const mean = 1 / (1 + Math.exp(-(flat.level + variance / 2)));
  const alpha = 1 / Math.expm1(variance);
  return { ...fitReplayPrior(logs), alpha, beta: alpha / mean - alpha };
}
