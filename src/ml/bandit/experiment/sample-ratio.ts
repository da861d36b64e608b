import { badInput } from '../../../base/errors';
import { checkAlpha, checkCount } from './checks';
import { logGamma } from './special-functions';

export interface SampleRatio {
  /** The evidence that units were not split as planned; may be looked at whenever. */
  readonly eValue: number;
  /** 1 / eValue, at most 1. */
  readonly pValue: number;
  /** The split is not as planned: no figure of the experiment is to be trusted before the cause is found. */
  readonly mismatch: boolean;
  /** How many each arm should have. */
  readonly expected: readonly number[];
}

/** How sure the alternative is of shares near the plan, in units: sharpest for thousands of people. */
const CONCENTRATION = 500;

/**
 * Whether people were split over arms in the planned shares: the Bayes factor of a multinomial with shares of a Dirichlet prior around
 * the plan against the plan itself,
 *
 *     Gamma(K) / Gamma(K + n) x product_i Gamma(K s_i + n_i) / (Gamma(K s_i) s_i^n_i)
 *
 * a martingale under the plan, so that it exceeds 1 / alpha with probability at most alpha at any look (Lindon and Malek 2020, "Anytime-Valid
 * Inference for Multinomial Count Data"). Units are what was assigned (people), each counted once. `weights` need not sum to 1. @throws BAD_INPUT.
 */
export function sampleRatio(counts: readonly number[], weights: readonly number[], alpha = 0.001): SampleRatio {
  checkAlpha(alpha);
  if (counts.length < 2 || counts.length !== weights.length) {
    throw badInput('counts', `A sample ratio needs two arms or more and a weight for each; ${counts.length} counts and ${weights.length} weights came.`);
  }
  counts.forEach((count, i) => checkCount(`counts.${i}`, count));
  weights.forEach((weight, i) => {
    if (!(weight > 0 && weight < Infinity)) throw badInput(`weights.${i}`, `A weight must be a finite number above 0; ${weight} came.`, 'Leave out arms that nobody is assigned to.');
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / total);
  const n = counts.reduce((sum, count) => sum + count, 0);
  const log = counts.reduce(
    (sum, count, i) => sum + logGamma(CONCENTRATION * shares[i]! + count) - logGamma(CONCENTRATION * shares[i]!) - count * Math.log(shares[i]!),
    logGamma(CONCENTRATION) - logGamma(CONCENTRATION + n),
  );
  const pValue = Math.min(1, Math.exp(-log));
  return { eValue: Math.exp(log), pValue, mismatch: pValue <= alpha, expected: shares.map((share) => share * n) };
}
