import type { DecisionCandidate } from '../../../domain/entities/decision';
import type { Offset } from '../../../ml/bandit/policy/candidate';
import { logit } from '../../../ml/bandit/policy/offset';
import { CAMPAIGN_LEVEL } from '../../delivery/weigh-candidates';
import type { ModelSays } from './policy-value';

/**
 * A decision's offsets as the same evidence gives them beside another model, so that what is known is not counted twice. Of a normal
 * posterior with prior deviation s and deviation t the evidence has the share w = 1 - t^2 / s^2. Where the model moved by m_k on creative k,
 * an offset moves back by w_k m_k, and its prior, the level of its campaign, has the rest:
 *
 *   w_k m_k + (1 - w_k) M,   M = sum(a_k m_k) / (sum(a_k) + 1 / S^2),   a_k = w_k / s_k^2
 *
 * M is how far the level moves, as the posterior mean of what all creatives of the campaign have in common (ml/bandit/policy/group-offset.ts),
 * S its prior deviation. Without it a model that knows the campaign's rate would lift copy that nothing is known of above all other.
 */
export function movedOffsets(candidates: readonly DecisionCandidate[], says: readonly ModelSays[]): Offset[] {
  const known = candidates.map(({ campaignId, pClick, offset }, k) => {
    const { probability, uncertainty } = says[k]!;
    const share = uncertainty > 0 ? Math.max(0, 1 - (offset.deviation / uncertainty) ** 2) : 0;
    return { campaignId, share, moved: logit(probability) - logit(pClick), weight: share === 0 ? 0 : share / uncertainty ** 2 };
  });
  const sums = new Map<string, { weight: number; moved: number }>();
  for (const { campaignId, weight, moved } of known) {
    const sum = sums.get(campaignId) ?? { weight: 1 / CAMPAIGN_LEVEL.deviation ** 2, moved: 0 };
    sums.set(campaignId, { weight: sum.weight + weight, moved: sum.moved + weight * moved });
  }
  return candidates.map(({ campaignId, offset: { mean, deviation } }, k) => {
    const { share, moved } = known[k]!;
    const level = sums.get(campaignId)!;
    return { mean: mean - share * moved - (1 - share) * (level.moved / level.weight), deviation };
  });
}
