import { badInput } from '../../../base/errors';
import { sigmoid } from '../../metrics/samples';
import { checkCandidates, expectedValue, type Candidate } from './candidate';
import { choiceProbabilities } from './choice-probabilities';
import { explored, type LearningCandidate } from './learnable';

/** Candidates in, the probability of choosing each out: at least one candidate, probabilities of sum 1. @throws BAD_INPUT */
export type Policy = (candidates: readonly Candidate[]) => Float64Array;

/** Each as often as it is the best, by the part of what is believed that is worth exploring. @throws BAD_INPUT */
export function thompsonWithAnEnd(candidates: readonly LearningCandidate[]): Float64Array {
  checkCandidates(candidates);
  return choiceProbabilities(candidates.map(explored));
}

export const uniform: Policy = (candidates) => shared(candidates, () => 0);

/** The best by the model alone, whatever was observed. */
export const greedyByModel: Policy = (candidates) => shared(candidates, ({ gain, logit }) => gain * sigmoid(logit));

/** The best expected value by model and evidence; nothing is explored. */
export const greedyByPosterior: Policy = (candidates) => shared(candidates, expectedValue);

/**
 * The best upper bound: gain x sigmoid(logit + mean + width x deviation), the posterior's quantile on the side of gain (Kaufmann,
 * Cappe and Garivier 2012, "On Bayesian upper confidence bounds"). A width of 1.645 is the 95th percentile.
 */
export function upperBound(width: number): Policy {
  if (!(width >= 0 && width < Infinity)) throw badInput('width', `width is ${width}; it must be a finite number, not negative.`);
  return (candidates) => shared(candidates, ({ gain, logit, offset }) => gain * sigmoid(logit + offset.mean + Math.sign(gain) * width * offset.deviation));
}

/** All probability on the largest value, divided evenly where several have it. */
function shared(candidates: readonly Candidate[], value: (candidate: Candidate) => number): Float64Array {
  checkCandidates(candidates);
  const values = candidates.map(value);
  const most = Math.max(...values);
  const winners = values.filter((v) => v === most).length;
  return Float64Array.from(values, (v) => (v === most ? 1 / winners : 0));
}
