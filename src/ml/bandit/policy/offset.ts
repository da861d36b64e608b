import { badInput } from '../../../base/errors';
import { sigmoid } from '../../metrics/samples';
import type { Offset } from './candidate';

/** Sums over the impressions of one creative: the order in which they are added does not matter. */
export interface Evidence {
  readonly impressions: number;
  readonly clicks: number;
  /** Sum of the model's click probability at the moment of each impression. */
  readonly expectedClicks: number;
}

/** Rates are kept this far from 0 and 1, so that log-odds stay finite. */
const EDGE = 1e-9;

/**
 * The posterior of d in p = sigmoid(logit of the model + d), d ~ N(prior.mean, prior.deviation^2), given
 *
 *   clicks ~ Binomial(impressions, sigmoid(logit(expectedClicks / impressions) + d))
 *
 * by Laplace's approximation: the mode, and the curvature there (MacKay 2003, "Information Theory, Inference, and Learning
 * Algorithms", chapter 27). Without impressions it is the prior. Clicks whose impressions have not come are left out until they do.
 *
 * @returns log-odds @throws BAD_INPUT on numbers that no sum can be
 */
export function offsetPosterior(evidence: Evidence, prior: Offset): Offset {
  checkEvidence(evidence);
  checkPrior(prior);
  const n = evidence.impressions;
  if (n === 0 || prior.deviation === 0) return { mean: prior.mean, deviation: prior.deviation };
  const clicks = Math.min(evidence.clicks, n);
  const base = baseLogit(evidence);
  const precision = 1 / (prior.deviation * prior.deviation);

  // The slope falls in d, so its root lies between the prior's mean and where the likelihood's pull there would be spent.
  const pull = (clicks - n * sigmoid(base + prior.mean)) / precision;
  let low = prior.mean + Math.min(0, pull);
  let high = prior.mean + Math.max(0, pull);
  let d = clicks > 0 ? Math.min(high, Math.max(low, logit(clicks / n) - base)) : prior.mean;
  for (let step = 0; step < 200; step++) {
    const p = sigmoid(base + d);
    const slope = clicks - n * p - (d - prior.mean) * precision;
    if (slope > 0) low = d;
    else high = d;
    let next = d + slope / (n * p * (1 - p) + precision);
    if (!(next > low && next < high)) next = (low + high) / 2;
    const move = Math.abs(next - d);
    d = next;
    if (move <= 1e-12 * (1 + Math.abs(d))) break;
  }
  const p = sigmoid(base + d);
  return { mean: d, deviation: 1 / Math.sqrt(n * p * (1 - p) + precision) };
}

/** Log-odds of the model's mean probability over the impressions; at least one is needed. */
export function baseLogit({ expectedClicks, impressions }: Evidence): number {
  return logit(expectedClicks / impressions);
}

export function logit(p: number): number {
  const inside = Math.min(1 - EDGE, Math.max(EDGE, p));
  return Math.log(inside) - Math.log1p(-inside);
}

export function checkEvidence(evidence: Evidence): void {
  for (const name of ['impressions', 'clicks', 'expectedClicks'] as const) {
    const value = evidence[name];
    if (!(value >= 0 && value < Infinity)) throw badInput(name, `${name} is ${value}; a sum of outcomes is a finite number, not negative.`);
  }
}

export function checkPrior({ mean, deviation }: Offset): void {
  if (!Number.isFinite(mean)) throw badInput('prior.mean', `The prior's mean is ${mean}; it must be a finite number.`);
  if (!(deviation >= 0 && deviation < Infinity)) throw badInput('prior.deviation', `The prior's deviation is ${deviation}; it must be a finite number, not negative.`);
}
