import { badInput } from '../../../base/errors';
import { normalCdf } from '../../metrics/normal';
import { sigmoid } from '../../metrics/samples';

/** A normal distribution of log-odds: what is believed of a candidate beyond its model. */
export interface Offset {
  readonly mean: number;
  /** Standard deviation, 0 for certainty. */
  readonly deviation: number;
}

/** What a policy chooses among. Its value is gain x sigmoid(logit + d), d ~ N(offset.mean, offset.deviation^2). */
export interface Candidate {
  /** Worth of a success, in any unit that all candidates share; may be 0 or negative. */
  readonly gain: number;
  /** Log-odds of the model. */
  readonly logit: number;
  readonly offset: Offset;
}

/** @throws BAD_INPUT naming the candidate and what is wrong with it */
export function checkCandidates(candidates: readonly Candidate[]): void {
  if (candidates.length === 0) throw badInput('candidates', 'A choice needs at least one candidate; none came.');
  candidates.forEach(({ gain, logit, offset }, i) => {
    const wrong = (name: string, value: number, rule: string): never => {
      throw badInput(`candidates.${i}.${name}`, `Candidate ${i} has ${name} ${value}; it must be ${rule}.`);
    };
    if (!Number.isFinite(gain)) wrong('gain', gain, 'a finite number');
    if (!Number.isFinite(logit)) wrong('logit', logit, 'a finite number');
    if (!Number.isFinite(offset.mean)) wrong('offset.mean', offset.mean, 'a finite number');
    if (!(offset.deviation >= 0 && offset.deviation < Infinity)) wrong('offset.deviation', offset.deviation, 'a finite number, not negative');
  });
}

/** gain x E[sigmoid(logit + d)]. */
export function expectedValue({ gain, logit, offset }: Candidate): number {
  return gain * meanProbability(logit + offset.mean, offset.deviation);
}

const STEP_BEYOND = 10_000;

/**
 * E[sigmoid(x)], x ~ N(mean, deviation^2), by the trapezoidal rule over 8 deviations to each side, which converges exponentially for a
 * smooth function times a normal density (Trefethen and Weideman 2014).
 */
export function meanProbability(mean: number, deviation: number): number {
  if (deviation === 0) return sigmoid(mean);
  // Beside such a spread the sigmoid is a step, to 1e-8.
  if (deviation > STEP_BEYOND) return normalCdf(mean / deviation);
  // Points half a unit of log-odds apart at most: the sigmoid's own scale bounds the step where the deviation is large.
  const step = Math.min(0.5, 1 / deviation);
  let sum = 0;
  let total = 0;
  const points = Math.ceil(8 / step);
  for (let i = -points; i <= points; i++) {
    const u = i * step;
    const weight = Math.exp(-0.5 * u * u);
    sum += weight * sigmoid(mean + deviation * u);
    total += weight;
  }
  return sum / total;
}
