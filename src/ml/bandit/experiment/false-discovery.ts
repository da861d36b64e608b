import { badInput } from '../../../base/errors';
import { checkAlpha } from './checks';

export interface Discoveries {
  /** In the order given: whether the finding stands. Among those that do, at most a share of alpha is expected to be false. */
  readonly found: readonly boolean[];
  /** The smallest alpha at which each would stand, at most 1. */
  readonly adjusted: readonly number[];
}

/**
 * Benjamini and Hochberg 1995: the k smallest p-values stand, k the largest with p_(k) <= alpha k / m. Holds for independent or positively
 * dependent p-values. @throws BAD_INPUT.
 */
export function benjaminiHochberg(pValues: readonly number[], alpha = 0.05): Discoveries {
  return stepUp(pValues, alpha);
}

/**
 * Wang and Ramdas 2022, "False discovery rate control with e-values": the k largest e-values stand, k the largest with e_(k) >= m / (alpha k),
 * whatever the dependence and whenever one looks: the one for confidence sequences. @throws BAD_INPUT.
 */
export function eBenjaminiHochberg(eValues: readonly number[], alpha = 0.05): Discoveries {
  eValues.forEach((e, i) => {
    if (!(e >= 0)) throw badInput(`eValues.${i}`, `An e-value must not be negative; ${e} came.`);
  });
  return stepUp(eValues.map((e) => Math.min(1, 1 / e)), alpha);
}

function stepUp(pValues: readonly number[], alpha: number): Discoveries {
  checkAlpha(alpha);
  pValues.forEach((p, i) => {
    if (!(p >= 0 && p <= 1)) throw badInput(`pValues.${i}`, `A p-value must lie between 0 and 1; ${p} came.`);
  });
  const m = pValues.length;
  const descending = pValues.map((_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = pValues.map(() => 1);
  let least = 1;
  descending.forEach((at, from) => {
    least = Math.min(least, (pValues[at]! * m) / (m - from));
    adjusted[at] = least;
  });
  return { found: adjusted.map((each) => each <= alpha), adjusted };
}
