import { badInput } from '../../../base/errors';
import { checkAlpha, checkCount } from './checks';
import type { ConfidenceSequence } from './confidence-sequence';
import { logBeta } from './special-functions';

/** Jeffreys' prior: sharp for rare and common successes alike. */
const PRIOR = 0.5;

/**
 * An exact confidence sequence for a rate, from the first trial on: all p for which the mixture of likelihoods stays below 1 / alpha,
 *
 *     B(s + 1/2, n - s + 1/2) / B(1/2, 1/2) < p^s (1 - p)^(n - s) / alpha
 *
 * (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences"). Under p the left
 * over the likelihood is a martingale that starts at 1, so by Ville's inequality p is ever left out with probability at most alpha.
 * `trials` 0 gives [0, 1] and the value NaN. @throws BAD_INPUT.
 */
export function rateSequence(successes: number, trials: number, alpha = 0.05): ConfidenceSequence {
  checkRate(successes, trials);
  checkAlpha(alpha);
  const rate = successes / trials;
  if (trials === 0) return { value: rate, low: 0, high: 1 };
  const bound = logBeta(successes + PRIOR, trials - successes + PRIOR) - logBeta(PRIOR, PRIOR) + Math.log(alpha);
  const inside = (p: number): boolean => times(successes, Math.log(p)) + times(trials - successes, Math.log1p(-p)) > bound;
  // The likelihood rises up to the rate and falls after it: one crossing on either side.
  return { value: rate, low: successes === 0 ? 0 : crossing(rate, 0, inside), high: successes === trials ? 1 : crossing(rate, 1, inside) };
}

/** Between `within`, which is inside, and `without`, which is not: the outer side of the last halving, so that rounding never narrows. */
function crossing(within: number, without: number, inside: (p: number) => boolean): number {
  for (let step = 0; step < 60; step++) {
    const middle = (within + without) / 2;
    if (inside(middle)) within = middle;
    else without = middle;
  }
  return without;
}

/** 0 x -Infinity is 0 here: what did not happen has no likelihood to pay. */
function times(count: number, log: number): number {
  return count === 0 ? 0 : count * log;
}

/** @throws BAD_INPUT where there cannot be so many successes among so many trials. */
function checkRate(successes: number, trials: number): void {
  checkCount('successes', successes);
  checkCount('trials', trials);
  if (successes > trials) throw badInput('successes', `${successes} successes cannot come from ${trials} trials.`, 'Where one trial may succeed several times, use the ratio of two sums.');
}
