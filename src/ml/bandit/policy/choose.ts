import { badInput } from '../../../base/errors';
import type { Rng } from '../../../base/rng';

export interface Choice {
  /** Place in the candidates that were given. */
  readonly index: number;
  /** Probability with which it was chosen. */
  readonly propensity: number;
}

/**
 * Mixes a floor in: (1 - K floor) p + floor, so that each of K candidates keeps at least `floor`, and any later policy can be judged on
 * the log. A floor of 1 / K or more leaves the uniform choice. @throws BAD_INPUT
 */
export function withFloor(probabilities: ArrayLike<number>, floor: number): Float64Array {
  if (!(floor >= 0 && floor <= 1)) throw badInput('floor', `The floor is ${floor}; it must lie between 0 and 1.`);
  const K = probabilities.length;
  const least = Math.min(floor, 1 / K);
  return Float64Array.from(probabilities, (p) => Math.max(0, 1 - K * least) * p + least);
}

/** One draw. @param probabilities of sum 1 @throws BAD_INPUT where nothing can be drawn */
export function choose(probabilities: ArrayLike<number>, rng: Rng): Choice {
  let left = rng.next();
  let last = -1;
  for (let index = 0; index < probabilities.length; index++) {
    const p = probabilities[index]!;
    if (!(p >= 0)) throw badInput(`probabilities.${index}`, `Probability ${index} is ${p}; it must not be negative.`);
    if (p === 0) continue;
    last = index;
    left -= p;
    if (left < 0) break;
  }
  // Rounding may leave a rest beyond the last: it belongs to it.
  if (last < 0) throw badInput('probabilities', 'A choice needs a probability above 0; none came.');
  return { index: last, propensity: probabilities[last]! };
}
