import type { Campaign } from '../../domain/entities/campaign';
import type { CreativeCounts } from '../../domain/entities/creative';
import { expectedValue as expectedGain, type Candidate, type Offset } from '../../ml/bandit/policy/candidate';
import { groupOffset, priorInGroup } from '../../ml/bandit/policy/group-offset';
import { impressionsToLearnFrom, type LearningCandidate } from '../../ml/bandit/policy/learnable';
import { logit, offsetPosterior } from '../../ml/bandit/policy/offset';
import type { EvidenceSum } from '../../store/creative-evidence';
import type { Dependencies } from '../dependencies';
import { conversionChance, expectedValue } from '../predictions/expected-value';
import type { Seen } from './candidates';
import type { ScoredCandidate } from './score-candidates';

/** A candidate as policies see it. */
export interface WeighedCandidate extends ScoredCandidate, LearningCandidate {
  /** Of one impression, in micros, by model and evidence. */
  readonly expectedValueMicros: number;
}

export interface Weighing {
  readonly scored: readonly ScoredCandidate[];
  /** By campaign. */
  readonly seen: ReadonlyMap<string, Seen>;
  /** By campaign: impressions that its budget still pays for; absent, no budget ends it. */
  readonly affordable: ReadonlyMap<string, number>;
}

/** How far a campaign's level may lie from what the model says of it, in log-odds: its creatives tell. */
export const CAMPAIGN_LEVEL: Offset = { mean: 0, deviation: 1 };

/**
 * Joins what the model says with what people did since, and with what a click is worth to the campaign. A creative's offset starts from
 * the level that its campaign's creatives share, as uncertain as the model says it is: a new one is not held back by a model that knows
 * the campaign too little. One statement reads the evidence of all.
 */
export async function weighCandidates(deps: Dependencies, { scored, seen, affordable }: Weighing): Promise<WeighedCandidate[]> {
  const pairs = scored.flatMap(({ creative, modelVersionId }) => (modelVersionId === null ? [] : [{ creativeId: creative.id, modelVersionId }]));
  const evidence = new Map((await deps.store.creativeEvidence.of(deps.advertiserId, pairs)).map((sum) => [keyOf(sum), sum]));
  const knownOf = ({ creative, modelVersionId }: ScoredCandidate): EvidenceSum | undefined =>
    modelVersionId === null ? undefined : evidence.get(keyOf({ creativeId: creative.id, modelVersionId }));
  const levels = levelsOf(scored, knownOf);
  const toLearnFrom = learningOf(scored, knownOf, affordable);
  return scored.map((each) => {
    const { creative, campaign, pClick, uncertainty } = each;
    const level = levels.get(campaign.id);
    // What all candidates share cancels out between them: alone in a request, a campaign's own uncertainty stays out.
    const prior = !level ? { mean: 0, deviation: uncertainty } : levels.size === 1 ? { mean: level.mean, deviation: uncertainty } : priorInGroup(level, uncertainty);
    const known = knownOf(each);
    const candidate: Candidate = {
      gain: gainOf(campaign, creative.counts, seen.get(campaign.id) ?? { clicks: 0, conversions: 0 }),
      logit: logit(pClick),
      offset: known ? offsetPosterior(known, prior) : prior,
    };
    return { ...each, ...candidate, toLearnFrom: toLearnFrom.get(campaign.id)!, expectedValueMicros: expectedGain(candidate) };
  });
}

/** Where no budget says how long a campaign goes on: as long again as it has, and at least so many impressions. */
const LEAST_TO_COME = 10_000;

/** Of each campaign: impressions that each of its creatives may still learn from. */
function learningOf(scored: readonly ScoredCandidate[], knownOf: (candidate: ScoredCandidate) => EvidenceSum | undefined, affordable: ReadonlyMap<string, number>): Map<string, number> {
  const groups = grouped(scored);
  return new Map([...groups].map(([id, members]) => {
    const soFar = members.reduce((sum, each) => sum + (knownOf(each)?.impressions ?? 0), 0);
    const left = Math.min(affordable.get(id) ?? Infinity, Math.max(LEAST_TO_COME, soFar));
    return [id, impressionsToLearnFrom(left, members.length)];
  }));
}

/** Of each campaign that a model scored; those without any evidence are as uncertain as all are. */
function levelsOf(scored: readonly ScoredCandidate[], knownOf: (candidate: ScoredCandidate) => EvidenceSum | undefined): Map<string, Offset> {
  const groups = grouped(scored.filter(({ modelVersionId }) => modelVersionId !== null));
  return new Map([...groups].map(([id, members]) => {
    const deviation = members.reduce((sum, { uncertainty }) => sum + uncertainty, 0) / members.length;
    const evidence = members.flatMap((each) => knownOf(each) ?? []);
    return [id, deviation > 0 ? groupOffset(evidence, { group: CAMPAIGN_LEVEL, deviation }) : CAMPAIGN_LEVEL];
  }));
}

function grouped(scored: readonly ScoredCandidate[]): Map<string, ScoredCandidate[]> {
  const groups = new Map<string, ScoredCandidate[]>();
  for (const each of scored) {
    const group = groups.get(each.campaign.id);
    if (group) group.push(each);
    else groups.set(each.campaign.id, [each]);
  }
  return groups;
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
