import { badInput } from '../../base/errors';
import type { Adapter } from '../../ml/lora/adapter';
import type { PlattCalibration } from '../../ml/metrics/platt';
import type { LoadedRanker } from '../../ml/serve/ranker-directory';
import type { LoopResult } from '../../ml/train/loop';
import { curvesOf, fitRates } from './choice-curves';
import type { Curves } from './choice-examples';
import type { Choice } from './choices';
import { fitWords, startLogits } from './fit-words';

/** What training an adapter comes to. */
export interface Learnt {
  adapter: Adapter;
  result: LoopResult;
  /** The curves under which it learnt. */
  curves: Curves;
}

/**
 * The words of an adapter from a log of any size, its layers left as they are. What words the start has are where the prior is.
 * @param base raw log-odds of each choice by the base and the start's layers, without its words
 */
export function learnWords(ranker: Pick<LoadedRanker, 'shape' | 'calibration'>, start: Adapter, training: readonly Choice[], base: readonly number[]): Learnt {
  const rows = ranker.shape.grams?.rows;
  if (rows === undefined) throw badInput('learns', 'This base has no linear part, so that words alone cannot learn.', 'Let layers learn.');
  const rates = fitRates(training, startLogits(training, base, { words: start.words, rows }), curvesOf(ranker.calibration));
  const { words, intercept, loss, steps } = fitWords(training, base, { words: start.words, curves: rates, rows });
  const shifted = (curve: PlattCalibration): PlattCalibration => ({ ...curve, intercept: curve.intercept + intercept });
  return {
    adapter: { ...start, words },
    result: { weights: start.weights, evaluation: { loss }, steps, bestStep: steps, stoppedEarly: false },
    curves: { withProfile: shifted(rates.withProfile), withoutProfile: shifted(rates.withoutProfile) },
  };
}
