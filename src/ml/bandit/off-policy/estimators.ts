/**
 * Off-policy estimators. Each gives what it averages, per row; the value is the mean (ratio-mean.ts). With w = pi(a|x)/p,
 * q the reward model, V = sum over a of pi(a|x) q(x, a):
 *
 *   IPS        mean of w r                          Horvitz and Thompson 1952; Dudik, Langford and Li 2011, eq. 2
 *   SNIPS      sum of w r / sum of w                Swaminathan and Joachims 2015
 *   DM         mean of V                            Dudik et al. 2011, eq. 1
 *   DR         mean of V + w (r - q(x, a))          Dudik et al. 2011, eq. 3
 *   Switch-DR  mean of V + w (r - q(x, a)) [w <= t] Wang, Agarwal and Dudik 2017, section 4
 *
 * IPS and SNIPS are without bias, or consistent, when propensities are right; DM when q is; DR when either is. Clipped forms
 * replace w by min(w, most) (Ionides 2008): some bias for less variance.
 */
import type { RatioTerms } from './ratio-mean';
import type { RowParts } from './row-parts';

export function ips({ weights, rewards }: RowParts): RatioTerms {
  return { numerators: weights.map((weight, i) => weight * rewards[i]!), denominators: null };
}

export function snips(parts: RowParts): RatioTerms {
  return { numerators: ips(parts).numerators, denominators: parts.weights };
}

export function directMethod({ expected }: RowParts): RatioTerms {
  return { numerators: expected, denominators: null };
}

export function doublyRobust(parts: RowParts): RatioTerms {
  return switchDoublyRobust(parts, Infinity);
}

/** Rows with a weight above `threshold` go by the reward model alone. At 0 it is DM, at the largest weight DR. */
export function switchDoublyRobust({ weights, rewards, predicted, expected }: RowParts, threshold: number): RatioTerms {
  return { numerators: expected.map((value, i) => (weights[i]! <= threshold ? value + weights[i]! * (rewards[i]! - predicted[i]!) : value)), denominators: null };
}
