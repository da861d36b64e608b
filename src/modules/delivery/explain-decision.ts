import { notFound } from '../../base/errors';
import type { Decision, DecisionCandidate, PassedOver } from '../../domain/entities/decision';
import type { Dependencies } from '../dependencies';
import { floorOf } from './policy-named';

export interface ExplainedCandidate extends DecisionCandidate {
  readonly chosen: boolean;
  readonly floor: number;
  readonly currency: string;
}

export interface DecisionExplanation {
  readonly decision: Decision;
  readonly summary: string;
  /** The likeliest first. */
  readonly candidates: readonly ExplainedCandidate[];
  readonly passedOver: readonly PassedOver[];
  /** Approved creatives of the candidates' campaigns that were no candidates. */
  readonly lowerInFirstStage: number;
}

/** Why this one and why not the others, by what the decision logged. @throws NOT_FOUND */
export async function explainDecision(deps: Dependencies, id: string): Promise<DecisionExplanation> {
  const [decision] = await deps.store.decisions.byIds(deps.advertiserId, [id]);
  if (!decision) throw notFound('decision');
  const floor = floorOf(decision.candidates.length);
  const candidates = decision.candidates
    .map((each): ExplainedCandidate => ({ ...each, floor, currency: decision.currency, chosen: each.creativeId === decision.creativeId }))
    .toSorted((a, b) => b.propensity - a.propensity || Number(b.chosen) - Number(a.chosen));
  const campaignIds = [...new Set(candidates.map(({ campaignId }) => campaignId))];
  const approved = await deps.store.creatives.countByCampaignIds(deps.advertiserId, campaignIds, { statuses: ['APPROVED'] });
  const others = [...approved.values()].reduce((sum, each) => sum + each, 0) - candidates.length;
  return { decision, candidates, passedOver: decision.passedOver, lowerInFirstStage: Math.max(0, others), summary: summaryOf(decision, candidates) };
}

function summaryOf(decision: Decision, candidates: readonly ExplainedCandidate[]): string {
  const { length } = candidates;
  if (length === 1) return 'It was the only candidate.';
  const place = candidates.findIndex(({ chosen }) => chosen) + 1;
  const own = candidates[place - 1]!;
  const best = candidates.toSorted((a, b) => Number(b.expectedValueMicros - a.expectedValueMicros))[0]!;
  const percent = `${(100 * decision.propensity).toPrecision(2)} %`;
  const evenly = decision.policy === 'UNIFORM' || decision.policy === 'HOLDOUT';
  if (evenly) return `Chosen evenly among ${length} candidates, whatever they were worth.`;
  const worth = best.chosen ? 'was worth the most' : `stood at place ${place} of ${length}`;
  const why = decision.modelVersionId === null ? 'by what was counted so far, as no model scored' : own.offset.mean === 0 ? 'by what the model reads in it' : `by what the model reads in it and people did, who clicked ${own.offset.mean > 0 ? 'more' : 'less'} than the model expected`;
  return `Chosen with a probability of ${percent} among ${length} candidates: it ${worth} ${why}.`;
}
