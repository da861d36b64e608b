import { badInput } from '../../../base/errors';
import { sigmoid } from '../../metrics/samples';
import type { Offset } from './candidate';
import { baseLogit, checkPrior, offsetPosterior, type Evidence } from './offset';

/**
 * What the creatives of one group (a campaign) have in common: the posterior of b in p_k = sigmoid(logit of the model + b + d_k),
 * b ~ N(group.mean, group.deviation^2), d_k ~ N(0, deviation^2). A model seldom knows a campaign's level, and creatives say it
 * together long before each does alone.
 *
 * By penalised quasi-likelihood (Breslow and Clayton 1993): each creative's counts become one normal observation of b + d_k, with the
 * curvature at its mode, until b stays.
 *
 * @param deviation of creatives within a group, log-odds, above 0 @returns log-odds @throws BAD_INPUT
 */
export function groupOffset(evidence: readonly Evidence[], { group, deviation }: { group: Offset; deviation: number }): Offset {
  checkPrior(group);
  if (!(deviation > 0 && deviation < Infinity)) throw badInput('deviation', `The deviation within a group is ${deviation}; it must be a finite number above 0.`);
  if (group.deviation === 0) return group;
  const shown = evidence.filter((e) => e.impressions > 0);
  let mean = group.mean;
  let precision = 1 / group.deviation ** 2;
  for (let step = 0; step < 100; step++) {
    precision = 1 / group.deviation ** 2;
    let pull = precision * group.mean;
    for (const e of shown) {
      const mode = offsetPosterior(e, { mean, deviation }).mean;
      const p = sigmoid(baseLogit(e) + mode);
      const information = e.impressions * p * (1 - p);
      // Weight x (mode + residual / information), written so that no information weighs nothing.
      const spread = 1 + deviation ** 2 * information;
      precision += information / spread;
      pull += (information * mode + Math.min(e.clicks, e.impressions) - e.impressions * p) / spread;
    }
    const next = pull / precision;
    const move = Math.abs(next - mean);
    mean = next;
    if (move <= 1e-4 * deviation) break;
  }
  return { mean, deviation: 1 / Math.sqrt(precision) };
}

/**
 * What is believed of a creative of the group before its own evidence. Among candidates of one group what they share cancels out:
 * there, deviation alone is the prior's, or their shared uncertainty passes for their own and drowns what the model says.
 */
export function priorInGroup(group: Offset, deviation: number): Offset {
  return { mean: group.mean, deviation: Math.hypot(deviation, group.deviation) };
}
