import type { Campaign } from '../../domain/entities/campaign';
import type { CreativeCounts } from '../../domain/entities/creative';
import { expectedValue as expectedGain, type Candidate } from '../../ml/bandit/policy/candidate';
import { logit, offsetPosterior } from '../../ml/bandit/policy/offset';
import type { EvidenceSum } from '../../store/creative-evidence';
import type { Dependencies } from '../dependencies';
import { conversionChance, expectedValue } from '../predictions/expected-value';
import type { Seen } from './candidates';
import type { ScoredCandidate } from './score-candidates';

/** A candidate as policies see it. */
export interface WeighedCandidate extends ScoredCandidate, Candidate {
  /** Of one impression, in micros, by model and evidence. */
  readonly expectedValueMicros: number;
}

/**
 * Joins what the model says with what people did since, and with what a click is worth to the campaign. The offset starts as uncertain as
 * the model says it is; one statement reads the evidence of all.
 */
export async function weighCandidates(deps: Dependencies, scored: readonly ScoredCandidate[], seen: ReadonlyMap<string, Seen>): Promise<WeighedCandidate[]> {
  const pairs = scored.flatMap(({ creative, modelVersionId }) => (modelVersionId === null ? [] : [{ creativeId: creative.id, modelVersionId }]));
  const evidence = new Map((await deps.store.creativeEvidence.of(deps.advertiserId, pairs)).map((sum) => [keyOf(sum), sum]));
  return scored.map((each) => {
    const { creative, campaign, pClick, uncertainty, modelVersionId } = each;
    const prior = { mean: 0, deviation: uncertainty };
    const known = modelVersionId === null ? undefined : evidence.get(keyOf({ creativeId: creative.id, modelVersionId }));
    const candidate: Candidate = {
      gain: gainOf(campaign, creative.counts, seen.get(campaign.id) ?? { clicks: 0, conversions: 0 }),
      logit: logit(pClick),
      offset: known ? offsetPosterior(known, prior) : prior,
    };
    return { ...each, ...candidate, expectedValueMicros: expectedGain(candidate) };
  });
}

/**
 * What one click is worth, in micros: the campaign's objectives, its conversions included by their chance. A target cost per conversion
 * caps it: nobody should pay more for a click than its conversions may cost.
 */
export function gainOf({ objectives, targetCostPerConversionMicros: target }: Campaign, own: CreativeCounts, seen: Seen): number {
  const conversions = conversionChance(1, own, seen);
  const gain = expectedValue(objectives, 1, conversions);
  return target === null ? gain : Math.min(gain, conversions * Number(target));
}

const keyOf = ({ creativeId, modelVersionId }: Pick<EvidenceSum, 'creativeId' | 'modelVersionId'>): string => `${creativeId} ${modelVersionId}`;
