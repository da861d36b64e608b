import { badInput } from '../../../base/errors';
import type { ConfidenceSequence } from './confidence-sequence';
import { rateSequence } from './rate-sequence';

/**
 * Predicted over observed of a stretch of time, with an interval valid at any look: `predictedSum` (the sum of the predicted probabilities)
 * over the successes, and over the ends of the observed rate's exact sequence. 1 is right; an interval without 1 is a model off its
 * calibration. Infinity where nothing was observed. Trials of unlike probability vary less than alike ones (Hoeffding 1956), so that the
 * interval errs on the wide side. @throws BAD_INPUT.
 */
export function calibrationInterval(predictedSum: number, successes: number, trials: number, alpha = 0.05): ConfidenceSequence {
  const observed = rateSequence(successes, trials, alpha);
  if (!(predictedSum >= 0 && predictedSum <= trials * (1 + 1e-9))) {
    throw badInput('predictedSum', `Probabilities of ${trials} trials cannot sum to ${predictedSum}.`, 'Pass the sum of calibrated probabilities, not of scores.');
  }
  const predicted = predictedSum / trials;
  return { value: predicted / observed.value, low: predicted / observed.high, high: predicted / observed.low };
}
