import { badInput } from '../../../base/errors';
import type { BanditLog, LogSlice } from './bandit-log';

/** What the estimators are made of, per row; all of length n. */
export interface RowParts {
  /** r_i. */
  readonly rewards: Float64Array;
  /** Importance weight w_i = pi(a_i | x_i) / p_i. */
  readonly weights: Float64Array;
  /** Predicted reward of what was taken, q(x_i, a_i); 0 where it is no candidate, and then its weight is 0 too. */
  readonly predicted: Float64Array;
  /** Predicted reward under the evaluation policy, sum over a of pi(a | x_i) q(x_i, a). */
  readonly expected: Float64Array;
}

export function blankRowParts({ rewards }: BanditLog): RowParts {
  return { rewards, weights: new Float64Array(rewards.length), predicted: new Float64Array(rewards.length), expected: new Float64Array(rewards.length) };
}

/** Fills in the rows of a slice. @throws BAD_INPUT. */
export function addRowParts({ weights, predicted, expected }: RowParts, log: BanditLog, { from, to, candidates, predictions }: LogSlice): void {
  if (predictions.length !== candidates.actions.length) throw badInput('predictions', `${candidates.actions.length} candidates need ${candidates.actions.length} predictions, ${predictions.length} came.`);
  for (let i = from; i < to; i++) {
    for (let k = candidates.starts[i - from]!; k < candidates.starts[i - from + 1]!; k++) {
      const q = predictions[k]!;
      if (!Number.isFinite(q)) throw badInput('predictions', `The prediction for action ${candidates.actions[k]} of row ${i} is ${q}; it must be a finite number.`);
      expected[i]! += candidates.probabilities[k]! * q;
      if (candidates.actions[k] !== log.actions[i]) continue;
      weights[i] = candidates.probabilities[k]! / log.propensities[i]!;
      predicted[i] = q;
    }
  }
}

/** The parts with no weight above `most`. */
export function clipWeights(parts: RowParts, most: number): RowParts {
  return { ...parts, weights: parts.weights.map((weight) => Math.min(weight, most)) };
}

/** Kish's effective sample size, (sum w)^2 / sum w^2: as many rows of equal weight would tell as much. */
export function effectiveSampleSize(weights: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}

/** Of the mean weight: this many standard errors, and this much beside, are no chance. */
const OFF_ERRORS = 5;
const OFF_LEAST = 0.05;

/** Whether the mean weight, whose expectation is the supported share, contradicts the propensities. */
export function weightsOff(weights: Float64Array, unsupported: number): boolean {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const error = Math.sqrt(weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0)) / weights.length;
  return Math.abs(mean - (1 - unsupported)) > OFF_LEAST + OFF_ERRORS * error;
}

/**
 * Rows that tell rewards apart: of those with a weight above 0, the ones whose reward is not the commonest among them. Of clicks it
 * is the number of clicks, or of misses where those are fewer. No interval can be had from a handful of them.
 */
export function varyingRows({ weights, rewards }: RowParts): number {
  const counts = new Map<number, number>();
  let [rows, commonest] = [0, 0];
  for (const [i, reward] of rewards.entries()) {
    if (weights[i] === 0) continue;
    const count = (counts.get(reward) ?? 0) + 1;
    counts.set(reward, count);
    if (count > commonest) commonest = count;
    rows++;
  }
  return rows - commonest;
}
