import { isAdloomError, type ErrorCode } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import type { AdaptableScorer } from '../../ml/serve/adapter-types';
import type { ScoreReply, ScoreOptions } from '../../ml/serve/types';
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
  /** Where that ran. */
  readonly device: string | null;
  /** What the model in SHADOW says, when it has said it; null where there is none, or it had no time. Never waited for by an answer. */
  readonly shadow: Promise<{ readonly modelVersionId: string; readonly pClick: number } | null>;
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
/** A shadow's scores are of use for so long. */
const SHADOW_MS = 2_000;
const NO_SHADOW = Promise.resolve(null);
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
    const replies = await Promise.all(groups.map((group) => score(deps, group, group, { signal: input.signal, deadlineMs: left() })));
    return groups.flatMap((group, g) => {
      const { creatives, modelVersionId, shadow, prefix } = group;
      const { scores, device } = replies[g]!;
      const besides = scoreShadow(deps, group);
      return creatives.map((creative, i): ScoredCandidate => {
        const { probability, uncertainty } = scores[i]!;
        return {
          creative, modelVersionId, device, uncertainty, pClick: probability, campaign: input.campaigns.get(creative.campaignId)!, personalised: prefix !== '',
          shadow: besides.then((said) => said && { modelVersionId: shadow!.modelVersionId, pClick: said[i]!.probability }),
        };
      });
    });
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

async function score(deps: Dependencies, { prefix, creatives }: Group, { adapter }: ServingClassifier, options: ScoreOptions): Promise<ScoreReply> {
  const scorer = deps.scorer as Pick<AdaptableScorer, 'score'>;
  return scorer.score({ prefix, texts: creatives.map(creativeText), ...(adapter === undefined ? {} : { adapter }) }, options);
}

/** Behind everything that somebody waits for; what comes too late, or fails, is left out. */
async function scoreShadow(deps: Dependencies, group: Group): Promise<ScoreReply['scores'] | null> {
  if (!group.shadow) return null;
  try {
    return (await score(deps, group, group.shadow, { deadlineMs: SHADOW_MS, priority: 'background' })).scores;
  } catch (error) {
    deps.logger.info('a shadow model did not score', { modelVersionId: group.shadow.modelVersionId, code: isAdloomError(error) ? error.code : 'INTERNAL' });
    return null;
  }
}

function estimates({ creatives, campaigns }: ScoreInput): ScoredCandidate[] {
  return [...campaigns.values()].flatMap((campaign) =>
    firstStageOrder(creatives.filter(({ campaignId }) => campaignId === campaign.id), campaign.objectives).map(({ creative, pClick, uncertainty }) => ({
      creative, campaign, pClick, uncertainty, modelVersionId: null, device: null, shadow: NO_SHADOW, personalised: false,
    })));
}
