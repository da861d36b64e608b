import { checkMoments, varianceOf, type Moments } from './moments';

/** What is known of a quantity: from means of n units, so that its standard error is sqrt(variance / n). */
export interface Estimate {
  readonly value: number;
  /** Of one unit. */
  readonly variance: number;
  readonly units: number;
  /** How many units really carry it: of a rare event its occurrences, of heavy-tailed values fewer. Small ones are far from normal. */
  readonly evidence: number;
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

/** (sum x)^2 / sum x^2, the number of equal units that would vary as these do (Kish 1965); of zeros and ones, the number of ones. */
export function carriers(moments: Moments, at: number): number {
  const squares = moments.products[at]![at]!;
  return squares > 0 ? moments.sums[at]! ** 2 / squares : 0;
}
