/** `adloom replay`: headline tests played again, by our way of choosing and by others. */
import { AdloomError } from '../../base/errors';
import { openScorer } from '../../ml/serve/open-scorer';
import type { ColumnMap } from '../imports/column-map';
import { storySplits } from '../training/ctr-data';
import { readHeadlineArms } from '../training/sources';
import type { TestPrior } from './contestants';
import { crossFitPriors, priorFrom } from './cross-fit';
import { headlineTests, type ReplayTest } from './headline-tests';
import { lateness } from './image-order';
import { runReplay, type PolicyResult } from './run-replay';

export const BUDGETS = [500, 2_000, 10_000, 50_000, 100_000] as const;

export interface ReplayReport {
  readonly file: string;
  readonly tests: number;
  readonly arms: number;
  readonly rowsWithoutImpressions: number;
  readonly testsWithoutChoice: number;
  readonly seeds: number;
  /** All tests, text scores by ridge regression fitted on other tests. */
  readonly all: readonly PolicyResult[];
  /** The classifier's test split, text scores by the classifier; null without a classifier or with too few such tests. */
  readonly heldOut: { readonly model: string; readonly tests: number; readonly policies: readonly PolicyResult[] } | null;
}

export interface ReplayArguments {
  readonly file: string;
  /** What its columns are named, where not as in the Upworthy archive. */
  readonly map?: ColumnMap;
  readonly seeds: number;
  /** Directory of the classifier. */
  readonly model: string | null;
  readonly threads?: number;
}

/** @throws BAD_INPUT on a file that cannot be played, MODEL_UNAVAILABLE or MODEL_INVALID on such a model, CANCELLED when the signal aborts */
export async function runReplayVerb({ file, map = {}, seeds, model, threads }: ReplayArguments, { note, signal }: { note: (text: string) => void; signal?: AbortSignal }): Promise<ReplayReport> {
  const rows = await readHeadlineArms(file, map);
  const { tests, rowsWithoutImpressions, testsWithoutChoice } = headlineTests(rows);
  const checkpoint = (): void => {
    if (signal?.aborted) throw new AdloomError('CANCELLED', 'The replay was interrupted.');
  };
  const splits = storySplits(rows);
  const of = (split: string): ReplayTest[] => tests.filter((test) => splits.get(test.story) === split);
  const held = model === null ? null : await classifierPriors(model, threads, { played: of('test'), tuning: of('validation') });
  if (model !== null && held === null) note(`not played by the classifier: fewer than ${HELD_OUT_TESTS} tests are in its test split, or in that which it is tuned on`);
  const options = { budgets: BUDGETS, seeds, note, checkpoint };
  const all = runReplay(crossFitPriors(tests, seeds, note), options);
  return {
    file,
    tests: tests.length,
    arms: tests.reduce((sum, test) => sum + test.arms.length, 0),
    rowsWithoutImpressions,
    testsWithoutChoice,
    seeds,
    all,
    heldOut: held === null ? null : { model: held.id, tests: held.priors.size, policies: runReplay(held.priors, options) },
  };
}

/** Fewer in the classifier's split say nothing of it. */
const HELD_OUT_TESTS = 5;

/**
 * The shipped classifier learnt from the training split and was calibrated on validation: it may be played on its test split alone.
 * @returns null where too few tests are held out
 * @throws what `openScorer` throws, though too few are: who names a model is told that it cannot be opened
 */
async function classifierPriors(directory: string, threads: number | undefined, { played, tuning }: { played: readonly ReplayTest[]; tuning: readonly ReplayTest[] }): Promise<{ id: string; priors: Map<ReplayTest, TestPrior> } | null> {
  const scorer = await openScorer(directory, { threads });
  try {
    if (Math.min(played.length, tuning.length) < HELD_OUT_TESTS) return null;
    const texts = [...played, ...tuning].flatMap((test) => test.arms.map((arm) => arm.headline));
    const scores = await scorer.scoreMany(texts.map((text) => ({ prefix: '', text })));
    let next = 0;
    const scored = [...played, ...tuning].map((test) => ({ test, scores: test.arms.map(() => scores[next++]!.logit) }));
    const prior = priorFrom(scored.slice(played.length), 0);
    return { id: scorer.identity.id, priors: new Map(scored.slice(0, played.length).map(({ test, scores: own }) => [test, { ...prior, scores: own, late: lateness(test) }])) };
  } finally {
    await scorer.close();
  }
}
