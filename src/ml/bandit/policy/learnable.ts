import { badInput } from '../../../base/errors';
import { sigmoid } from '../../metrics/samples';
import type { Candidate, Offset } from './candidate';

/**
 * The part of a belief that is worth exploring with an end in sight. Of the variance s^2 of an offset, so much would be resolved by
 * further observations of information I:
 *
 *   s^2 - 1 / (1 / s^2 + I)
 *
 * the variance of the posterior mean to come. Thompson sampling over it explores what can still be learnt and put to use, and ends
 * greedy; over s^2 it explores as if it had forever. I = impressions to come x p (1 - p). With infinite I it is the belief itself.
 *
 * (The preposterior analysis of Raiffa and Schlaifer 1961, "Applied Statistical Decision Theory", put into Thompson's rule.)
 * @throws BAD_INPUT
 */
export function learnable({ mean, deviation }: Offset, information: number): Offset {
  if (!(information >= 0)) throw badInput('information', `The information to come is ${information}; it must not be negative.`);
  const variance = deviation * deviation;
  return { mean, deviation: information === Infinity ? deviation : deviation * Math.sqrt((variance * information) / (1 + variance * information)) };
}

/** A candidate that may still be learnt of. */
export interface LearningCandidate extends Candidate {
  /** Impressions to come that it may learn from; Infinity where there is no end. */
  readonly toLearnFrom: number;
}

/** Of its even share of what is to come, so much teaches something about a candidate in time to be of use; chosen on replayed headline tests. */
const USEFUL = 0.25;

/** Impressions that each of so many candidates may learn from. */
export function impressionsToLearnFrom(toCome: number, candidates: number): number {
  return (USEFUL * toCome) / candidates;
}

/** The candidate with the part of its belief that is worth exploring. */
export function explored({ gain, logit, offset, toLearnFrom }: LearningCandidate): Candidate {
  if (toLearnFrom === Infinity) return { gain, logit, offset };
  const p = sigmoid(logit + offset.mean);
  return { gain, logit, offset: learnable(offset, toLearnFrom * p * (1 - p)) };
}
