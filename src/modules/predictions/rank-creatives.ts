import { notFound } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { PredictionTiming } from '../../domain/entities/prediction';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import { requireCampaign } from '../campaigns/update-campaign';
import type { Dependencies } from '../dependencies';
import { checkedExternalId } from '../input/filter';
import { profileOf } from '../profiles/read-profiles';
import { checkInteger } from '../input/amounts';
import { Checker } from '../input/problems';
import type { Reference } from '../input/reference';
import { firstStage, type FirstStage, type FirstStageInput } from './first-stage';
import { type RankedPrediction, type RankingStage, rankInTime } from './rank-in-time';

/** More creatives than this, and the first stage chooses whom the model ranks. */
export const SECOND_STAGE = 100;
/** Where there is no first stage, the newest so many are ranked. */
const MOST_WITHOUT_INDEX = 1_000;

const LONGEST_DEADLINE_MS = 60_000;

export interface RankCreatives {
  readonly campaign: Reference;
  /** Null: for nobody in particular. */
  readonly profile: Reference | null;
  readonly first: number;
  /** The answer is wanted within so many milliseconds, if need be without the model. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

export interface Ranking {
  readonly id: string;
  readonly campaignId: string;
  readonly profile: Profile | null;
  /** Whether anything of the person reached the model. */
  readonly personalised: boolean;
  /** Approved creatives that there were. */
  readonly candidates: number;
  /** Those that the model scored: all, or those that the first stage chose. */
  readonly scored: number;
  readonly stage: RankingStage;
  /** Best first, at most `first`; what the model said is kept as Predictions behind the answer. */
  readonly predictions: readonly RankedPrediction[];
  readonly creatives: readonly Creative[];
  readonly timing: PredictionTiming;
}

/** Which approved creative for this person, how sure, why. Answers at once; the predictions are kept behind it. */
export async function rankCreatives(deps: Dependencies, input: RankCreatives): Promise<Ranking> {
  const started = deps.clock.elapsed();
  const check = new Checker();
  checkInteger(check, 'first', input.first, 1, 100);
  checkInteger(check, 'deadlineMs', input.deadlineMs, 1, LONGEST_DEADLINE_MS);
  check.orThrow();
  const [campaign, profile] = await Promise.all([
    campaignOf(deps, input.campaign),
    input.profile === null ? null : profileOf(deps, input.profile),
  ]);
  const leftMs = (): number | undefined => (input.deadlineMs === undefined ? undefined : input.deadlineMs - (deps.clock.elapsed() - started));
  const { creatives, candidates, seen } = await candidatesOf(deps, { campaign, profile, most: SECOND_STAGE, leftMs: leftMs(), signal: input.signal });
  const inTime = await rankInTime(deps, { campaign, profile, creatives, seen, leftMs: leftMs(), signal: input.signal });
  const predictions = inTime.ranked.slice(0, input.first);
  if (inTime.stage === 'MODEL') await deps.predictions.add(inTime.ranked.slice(0, input.first));
  return {
    id: predictions[0]?.rankingId ?? deps.ids.next(),
    campaignId: campaign.id,
    profile,
    stage: inTime.stage,
    personalised: inTime.stage === 'MODEL' && profile !== null && profileText(profile, { vertical: campaign.vertical }) !== '',
    candidates,
    scored: inTime.stage === 'MODEL' ? creatives.length : 0,
    predictions,
    creatives,
    timing: predictions[0]?.timing ?? { tokeniseMs: 0, queueMs: 0, inferenceMs: 0 },
  };
}

interface Candidates extends Partial<Pick<FirstStage, 'seen'>> {
  readonly creatives: readonly Creative[];
  readonly candidates: number;
}

/** All approved creatives of a campaign where the model can rank them all; else those that the first stage chooses, or the newest where it has no time. */
async function candidatesOf(deps: Dependencies, input: FirstStageInput): Promise<Candidates> {
  const { campaign, most } = input;
  const filter = { campaignIds: [campaign.id], statuses: ['APPROVED'] } as const;
  const page = await deps.store.creatives.page(deps.advertiserId, filter, { first: deps.creativeIndex === null ? MOST_WITHOUT_INDEX : most + 1 });
  const newest = page.edges.map((edge) => edge.node);
  if (deps.creativeIndex === null || newest.length <= most) return { creatives: newest, candidates: newest.length };
  const best = await firstStage(deps, input);
  if (!best) return { creatives: newest.slice(0, most), candidates: await deps.store.creatives.count(deps.advertiserId, filter) };
  const { chosen, candidates, seen } = best;
  const found = await deps.store.creatives.byIds(deps.advertiserId, chosen.map(({ creativeId }) => creativeId));
  // Between the search and this reading somebody may have paused one.
  return { creatives: found.filter(({ status }) => status === 'APPROVED'), candidates, seen };
}

async function campaignOf(deps: Dependencies, reference: Reference): Promise<Campaign> {
  if ('id' in reference) return requireCampaign(deps, reference.id);
  const [campaign] = await deps.store.campaigns.byExternalIds(deps.advertiserId, [checkedExternalId(reference.externalId, 'campaignExternalId')]);
  if (!campaign) throw notFound('campaign', reference.externalId);
  return campaign;
}
