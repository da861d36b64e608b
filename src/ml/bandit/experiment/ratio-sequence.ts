import { confidenceSequence, type ConfidenceSequence } from './confidence-sequence';
import { ratioEstimate } from './estimate';
import type { Moments } from './moments';
import { rateSequence } from './rate-sequence';

/**
 * The confidence sequence of a ratio of sums that cannot be negative, variable 0 over variable 1: asymptotic, its low end at least 0 once there
 * is one. @throws BAD_INPUT.
 */
export function ratioSequence(moments: Moments, alpha = 0.05): ConfidenceSequence {
  const { value, low, high } = confidenceSequence(ratioEstimate(moments), alpha);
  return { value, low: low === -Infinity ? low : Math.max(0, low), high };
}

/**
 * The same for counts of successes over counts of tries: where every unit tried at most once, the ratio is a rate, whose sequence is exact and
 * holds from the first try on. @throws BAD_INPUT.
 */
export function successRatioSequence(moments: Moments, alpha = 0.05): ConfidenceSequence {
  const [x, y] = moments.sums as [number, number];
  const [[xx, xy], [, yy]] = moments.products as [[number, number], [number, number]];
  return xx === x && yy === y && xy === x ? rateSequence(x, y, alpha) : ratioSequence(moments, alpha);
}
