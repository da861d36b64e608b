import { isAdloomError } from '../../base/errors';
import type { Prediction } from '../../domain/entities/prediction';
import type { Dependencies } from '../dependencies';
import { wholeMicros } from './expected-value';
import { firstStageOrder } from './first-stage-order';
import { scoreCreatives, type ScoreCreatives } from './score-creatives';

/** MODEL: the model scored them. FIRST_STAGE: it had no time; they are in the order of what was counted. */
export const RANKING_STAGES = ['MODEL', 'FIRST_STAGE'] as const;
export type RankingStage = (typeof RANKING_STAGES)[number];

/** A prediction, or in its place an estimate that no model made and that is never kept. */
export type RankedPrediction = Omit<Prediction, 'modelVersionId'> & { readonly modelVersionId: string | null };

export type InTime =
  | { readonly stage: 'MODEL'; readonly ranked: readonly Prediction[] }
  | { readonly stage: 'FIRST_STAGE'; readonly ranked: readonly RankedPrediction[] };

/** Kept back from a deadline for what follows the model: rows, the answer, the way to the client. */
const AFTERWARDS_MS = 5;

/**
 * Scores creatives, in the time that is left where there is a deadline. Where the model is too busy or too slow for it, the order of
 * the first stage is the answer: late is worse than rough.
 * @throws what `scoreCreatives` throws, but for OVERLOADED and DEADLINE_EXCEEDED under a deadline
 */
export async function rankInTime(deps: Dependencies, input: ScoreCreatives & { readonly leftMs?: number }): Promise<InTime> {
  const { leftMs, ...rest } = input;
  if (leftMs === undefined) return { stage: 'MODEL', ranked: await scoreCreatives(deps, rest) };
  const deadlineMs = leftMs - AFTERWARDS_MS;
  if (deadlineMs > 0) {
    try {
      return { stage: 'MODEL', ranked: await scoreCreatives(deps, { ...rest, deadlineMs }) };
    } catch (error) {
      if (!isAdloomError(error) || (error.code !== 'DEADLINE_EXCEEDED' && error.code !== 'OVERLOADED')) throw error;
    }
  }
  deps.logger.info('ranked without the model: no time', { campaignId: input.campaign.id, candidates: input.creatives.length, leftMs: Math.round(leftMs) });
  return { stage: 'FIRST_STAGE', ranked: estimates(deps, rest) };
}

function estimates(deps: Dependencies, { campaign, profile, creatives }: ScoreCreatives): RankedPrediction[] {
  const rankingId = deps.ids.next();
  const createdAt = deps.clock.now();
  return firstStageOrder(creatives, campaign.objectives).map(({ creative, pClick, pConversion, uncertainty, value }, index) => ({
    id: deps.ids.next(),
    advertiserId: deps.advertiserId,
    campaignId: campaign.id,
    creativeId: creative.id,
    profileId: profile?.id ?? null,
    modelVersionId: null,
    rankingId,
    pClick,
    pConversion,
    uncertainty,
    expectedValueMicros: wholeMicros(value),
    currency: campaign.currency,
    rank: index + 1,
    explanation: { summary: 'In the order of what was counted so far: the model had no time to read the copy.' },
    creativeVersion: creative.version,
    profileVersion: profile?.version ?? null,
    device: 'none',
    timing: { tokeniseMs: 0, queueMs: 0, inferenceMs: 0 },
    createdAt,
  }));
}
