import { badInput } from '../../../base/errors';
import { checkCount } from './checks';
import { checkMoments, meanOf, varianceOf, type Moments } from './moments';

/** What is known of a quantity: from means of n units, so that its standard error is sqrt(variance / n). */
export interface Estimate {
  readonly value: number;
  /** Of one unit. */
  readonly variance: number;
  readonly units: number;
  /** How many units really carry it: of a rare event its occurrences, of heavy-tailed values fewer. Small ones are far from normal. */
  readonly evidence: number;
}

/** The mean of variable `at` over units, none of them negative. @throws BAD_INPUT. */
export function meanEstimate(moments: Moments, at = 0): Estimate {
  checkMoments('moments', moments, moments.sums.length);
  const weights = moments.sums.map((_, i) => (i === at ? 1 : 0));
  return { value: meanOf(moments, weights), variance: varianceOf(moments, weights), units: moments.n, evidence: carriers(moments, at) };
}

/** A rate of successes among trials that each succeed or not. @throws BAD_INPUT. */
export function rateEstimate(successes: number, trials: number): Estimate {
  checkRate(successes, trials);
  const value = successes / trials;
  const variance = trials > 1 ? (value * (1 - value) * trials) / (trials - 1) : 0;
  return { value, variance, units: trials, evidence: Math.min(successes, trials - successes) };
}

/**
 * The ratio of two sums, variable 0 over variable 1 (clicks over impressions, spend over conversions, value over spend), for units
 * that vary in both: the delta method, R = sum x / sum y with unit variance Var(x - R y) / mean(y)^2 (Cochran 1977, section
 * 2.11; Deng, Knoblich and Lu 2018, "Applying the Delta Method in Metric Analytics"). The unit is what was assigned to an arm, a person:
 * their impressions resemble each other, and counting each on its own would claim too much. NaN where sum y is 0. @throws BAD_INPUT.
 */
export function ratioEstimate(moments: Moments): Estimate {
  checkMoments('moments', moments, 2);
  const value = moments.sums[0]! / moments.sums[1]!;
  if (!Number.isFinite(value)) return { value: NaN, variance: 0, units: moments.n, evidence: 0 };
  const meanY = moments.sums[1]! / moments.n;
  return {
    value,
    variance: varianceOf(moments, [1, -value]) / meanY ** 2,
    units: moments.n,
    evidence: Math.min(carriers(moments, 0), carriers(moments, 1)),
  };
}

/** @throws BAD_INPUT where there cannot be so many successes among so many trials. */
export function checkRate(successes: number, trials: number): void {
  checkCount('successes', successes);
  checkCount('trials', trials);
  if (successes > trials) throw badInput('successes', `${successes} successes cannot come from ${trials} trials.`, 'Where one trial may succeed several times, use the ratio of two sums.');
}

/** (sum x)^2 / sum x^2, the number of equal units that would vary as these do (Kish 1965); of zeros and ones, the number of ones. */
export function carriers(moments: Moments, at: number): number {
  const squares = moments.products[at]![at]!;
  return squares > 0 ? moments.sums[at]! ** 2 / squares : 0;
}
