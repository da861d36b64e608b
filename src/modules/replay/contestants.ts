/** Who plays: each turns counts so far into impressions for the next batch. */
import { binomial } from '../../base/binomial';
import type { Rng } from '../../base/rng';
import { withFloor } from '../../ml/bandit/policy/choose';
import { groupOffset } from '../../ml/bandit/policy/group-offset';
import { impressionsToLearnFrom } from '../../ml/bandit/policy/learnable';
import { offsetPosterior } from '../../ml/bandit/policy/offset';
import { thompsonWithAnEnd } from '../../ml/bandit/policy/policies';
import { sigmoid } from '../../ml/metrics/samples';
import { beta } from './beta';
import type { ReplayPrior } from './fit-prior';

/** What a player has seen of a test. */
export interface Counts {
  readonly impressions: Float64Array;
  readonly clicks: Float64Array;
  /** Impressions of all arms. */
  total: number;
}

/** Impressions of each arm in the next batch, of sum `batch`. */
export type Player = (counts: Counts, batch: number, rng: Rng) => ArrayLike<number>;

/** What may be known of a test before it is played: nothing that its own outcomes touched. */
export interface TestPrior extends ReplayPrior {
  /** Text score of each arm. */
  readonly scores: readonly number[];
  /** How late each arm's image was made (`lateness`). */
  readonly late: readonly number[];
  /** Beta prior of a rate, fitted on the same other tests. */
  readonly alpha: number;
  readonly beta: number;
}

export const evenSplit: Player = ({ impressions }, batch, rng) => multinomial(impressions.map(() => 1 / impressions.length), batch, rng);

/** All on the arm that is best by what is known before the test. */
export function modelOnly({ scores, slope, late, delay }: TestPrior): Player {
  const best = argmax(scores.map((score, k) => slope * score + delay * late[k]!));
  return ({ impressions }, batch) => allOn(best, impressions.length, batch);
}

/**
 * KL-UCB (Garivier and Cappe 2011): the largest rate q that the counts allow, impressions x kl(observed, q) <= c ln t. c = 1 is the
 * theory's; less is greedier.
 */
export function klUpperBound(c: number): Player {
  return ({ impressions, clicks, total }, batch) => {
    const bounds = Array.from(impressions, (n, k) => (n === 0 ? Infinity : klBound(clicks[k]! / n, (c * Math.log(Math.max(total, 2))) / n)));
    return allOn(argmax(bounds), impressions.length, batch);
  };
}

/** Draws that decide a batch of Beta Thompson sampling: each gets an equal part of it. */
const DRAWS = 32;

export function betaThompson(alpha: number, betaOf: number): Player {
  return ({ impressions, clicks }, batch, rng) => {
    const result = new Float64Array(impressions.length);
    const draws = Math.min(DRAWS, batch);
    for (let d = 0; d < draws; d++) {
      const values = Array.from(impressions, (n, k) => beta(rng, alpha + clicks[k]!, betaOf + n - clicks[k]!));
      result[argmax(values)]! += Math.floor((batch * (d + 1)) / draws) - Math.floor((batch * d) / draws);
    }
    return result;
  };
}

export interface OursOptions {
  /** Impressions of all arms in the end; Infinity where it is not known. */
  readonly budget: number;
  /** Probability that every arm keeps. */
  readonly floor: number;
  /** Whether the text scores count. */
  readonly text: boolean;
  /** Whether it counts when the images were made. */
  readonly images: boolean;
}

/**
 * Prior and evidence: level of the test, posterior of each arm's own offset, and exact Thompson probabilities over what the rest of the
 * budget can still teach.
 */
export function ours(prior: TestPrior, { budget, floor, text, images }: OursOptions): Player {
  const logits = prior.scores.map((score, k) => prior.level + (text ? prior.slope * score : 0) + (images ? prior.delay * prior.late[k]! : 0));
  const expected = logits.map(sigmoid);
  return ({ impressions, clicks, total }, batch, rng) => {
    const evidence = expected.map((p, k) => ({ impressions: impressions[k]!, clicks: clicks[k]!, expectedClicks: impressions[k]! * p }));
    // What the arms share they gain or lose together: only what is their own decides among them.
    const { mean } = groupOffset(evidence, { group: { mean: 0, deviation: prior.between }, deviation: prior.within });
    const toLearnFrom = impressionsToLearnFrom(budget - total, evidence.length);
    const candidates = evidence.map((e, k) => ({ gain: 1, logit: logits[k]!, offset: offsetPosterior(e, { mean, deviation: prior.within }), toLearnFrom }));
    return multinomial(withFloor(thompsonWithAnEnd(candidates), floor), batch, rng);
  };
}

function multinomial(probabilities: ArrayLike<number>, batch: number, rng: Rng): Float64Array {
  const result = new Float64Array(probabilities.length);
  let [left, rest] = [batch, 1];
  for (let k = 0; k < result.length && left > 0; k++) {
    const drawn = k === result.length - 1 ? left : binomial(rng, left, Math.min(1, probabilities[k]! / rest));
    result[k] = drawn;
    left -= drawn;
    rest -= probabilities[k]!;
    if (rest <= 0) break;
  }
  return result;
}

function allOn(best: number, arms: number, batch: number): Float64Array {
  const result = new Float64Array(arms);
  result[best] = batch;
  return result;
}

export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]!) best = k;
  return best;
}

/** The largest q with kl(p, q) <= bound, by bisection. */
function klBound(p: number, bound: number): number {
  // Pinsker's and the small-rate inequality bound q from above.
  let [low, high] = [p, Math.min(1, p + bound + Math.sqrt(2 * p * bound) + bound)];
  for (let step = 0; step < 20; step++) {
    const q = (low + high) / 2;
    const kl = (p > 0 ? p * Math.log(p / q) : 0) + (1 - p) * Math.log((1 - p) / (1 - q));
    if (kl > bound) high = q;
    else low = q;
  }
  return (low + high) / 2;
}
