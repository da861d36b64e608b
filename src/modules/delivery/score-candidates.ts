import { isAdloomError, type ErrorCode } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import type { AdaptableScorer } from '../../ml/serve/adapter-types';
import type { Score } from '../../ml/serve/types';
import type { Dependencies } from '../dependencies';
import { classifierFor, type ServingClassifier } from '../models/classifier-for';
import { firstStageOrder } from '../predictions/first-stage-order';
import { creativeText } from '../predictions/score-creatives';

export interface ScoredCandidate {
  readonly creative: Creative;
  readonly campaign: Campaign;
  readonly pClick: number;
  /** Standard deviation of the logit of `pClick`. */
  readonly uncertainty: number;
  /** Null where no model scored. */
  readonly modelVersionId: string | null;
  readonly shadow: { readonly modelVersionId: string; readonly pClick: number } | null;
  /** Whether anything of the person reached the model. */
  readonly personalised: boolean;
}

export interface ScoreInput {
  readonly creatives: readonly Creative[];
  readonly campaigns: ReadonlyMap<string, Campaign>;
  readonly profile: Profile | null;
  /** False asks no model. */
  readonly byModel: boolean;
  /** In place of the classifier that serves; an experiment's. */
  readonly classifierVersionId?: string;
  /** Milliseconds left for the model; absent, it is waited for. */
  readonly leftMs?: number;
  readonly signal?: AbortSignal;
}

/** Kept back from a deadline for what follows the model: evidence, the choice, its transaction, the way to the client. */
const AFTERWARDS_MS = 20;
/** What a decision does without: an empty place is worse than a rough choice. */
const DONE_WITHOUT: ReadonlySet<ErrorCode> = new Set(['DEADLINE_EXCEEDED', 'OVERLOADED', 'MODEL_UNAVAILABLE', 'ADAPTER_UNAVAILABLE']);

interface Group extends ServingClassifier {
  readonly shadow?: ServingClassifier;
  readonly prefix: string;
  readonly creatives: Creative[];
}

/**
 * What the model says of each candidate: one call for all that share a prefix and a classifier. Where the model cannot answer in time,
 * or not at all, every candidate has what was counted so far in its place. Consent is enforced here as in `scoreCreatives`.
 */
export async function scoreCandidates(deps: Dependencies, input: ScoreInput): Promise<ScoredCandidate[]> {
  const started = deps.clock.elapsed();
  const left = (): number | undefined => (input.leftMs === undefined ? undefined : input.leftMs - AFTERWARDS_MS - (deps.clock.elapsed() - started));
  const groups = input.byModel ? groupsOf(deps, input) : null;
  if (groups === null || (left() ?? 1) <= 0) return estimates(input);
  try {
    const scores = await Promise.all(groups.map((group) => score(deps, group, group, { signal: input.signal, deadlineMs: left() })));
    const shadows = await Promise.all(groups.map((group) => scoreShadow(deps, group, left(), input.signal)));
    return groups.flatMap(({ creatives, modelVersionId, shadow, prefix }, g) =>
      creatives.map((creative, i): ScoredCandidate => {
        const { probability, uncertainty } = scores[g]![i]!;
        const beside = shadows[g]?.[i];
        return {
          creative, modelVersionId, uncertainty, pClick: probability, campaign: input.campaigns.get(creative.campaignId)!, personalised: prefix !== '',
          shadow: shadow && beside ? { modelVersionId: shadow.modelVersionId, pClick: beside.probability } : null,
        };
      }));
  } catch (error) {
    if (!isAdloomError(error) || !DONE_WITHOUT.has(error.code)) throw error;
    deps.logger.info('decided without the model', { code: error.code, candidates: input.creatives.length, leftMs: input.leftMs ?? null });
    return estimates(input);
  }
}

/** Null where no classifier serves. */
function groupsOf(deps: Dependencies, { creatives, campaigns, profile, classifierVersionId }: ScoreInput): Group[] | null {
  const groups = new Map<string, Group>();
  for (const creative of creatives) {
    const { vertical } = campaigns.get(creative.campaignId)!;
    const classifier = classifierFor(deps, vertical, classifierVersionId);
    if (classifier === null) return null;
    const prefix = profile ? profileText(profile, { vertical }) : '';
    const key = `${classifier.modelVersionId} ${classifier.shadow?.modelVersionId ?? ''} ${prefix}`;
    const group = groups.get(key);
    if (group) group.creatives.push(creative);
    else groups.set(key, { ...classifier, prefix, creatives: [creative] });
  }
  return [...groups.values()];
}

async function score(deps: Dependencies, { prefix, creatives }: Group, { adapter }: ServingClassifier, options: { signal?: AbortSignal; deadlineMs?: number }): Promise<Score[]> {
  const scorer = deps.scorer as Pick<AdaptableScorer, 'score'>;
  const { scores } = await scorer.score({ prefix, texts: creatives.map(creativeText), ...(adapter === undefined ? {} : { adapter }) }, options);
  return scores;
}

/** What has no time, or fails, is left out: nobody waits for it. */
async function scoreShadow(deps: Dependencies, group: Group, leftMs: number | undefined, signal?: AbortSignal): Promise<Score[] | null> {
  if (!group.shadow || (leftMs ?? 1) <= 0) return null;
  try {
    return await score(deps, group, group.shadow, { signal, deadlineMs: leftMs });
  } catch (error) {
    deps.logger.info('a shadow model did not score', { modelVersionId: group.shadow.modelVersionId, code: isAdloomError(error) ? error.code : 'INTERNAL' });
    return null;
  }
}

function estimates({ creatives, campaigns }: ScoreInput): ScoredCandidate[] {
  return [...campaigns.values()].flatMap((campaign) =>
    firstStageOrder(creatives.filter(({ campaignId }) => campaignId === campaign.id), campaign.objectives).map(({ creative, pClick, uncertainty }) => ({
      creative, campaign, pClick, uncertainty, modelVersionId: null, shadow: null, personalised: false,
    })));
}
