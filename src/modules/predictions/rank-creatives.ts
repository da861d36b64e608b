import { notFound } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Prediction, PredictionTiming } from '../../domain/entities/prediction';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import { requireCampaign } from '../campaigns/update-campaign';
import type { Dependencies } from '../dependencies';
import { checkInteger } from '../input/amounts';
import { Checker } from '../input/problems';
import { scoreCreatives } from './score-creatives';

/** More than this, and a cheaper first stage has to choose whom the model ranks. */
export const MOST_CANDIDATES = 1_000;

/** By our id, or by the caller's own. */
export type Reference = { readonly id: string } | { readonly externalId: string };

export interface RankCreatives {
  readonly campaign: Reference;
  /** Null: for nobody in particular. */
  readonly profile: Reference | null;
  readonly first: number;
  readonly signal?: AbortSignal;
}

export interface Ranking {
  readonly id: string;
  readonly campaignId: string;
  readonly profile: Profile | null;
  /** Whether anything of the person reached the model. */
  readonly personalised: boolean;
  readonly candidates: number;
  /** Best first, at most `first`; these are kept as Predictions behind the answer. */
  readonly predictions: readonly Prediction[];
  readonly creatives: readonly Creative[];
  readonly timing: PredictionTiming;
}

/** Which approved creative for this person, how sure, why. Answers at once; the predictions are kept behind it. */
export async function rankCreatives(deps: Dependencies, input: RankCreatives): Promise<Ranking> {
  const check = new Checker();
  checkInteger(check, 'first', input.first, 1, 100);
  check.orThrow();
  const [campaign, profile] = await Promise.all([
    campaignOf(deps, input.campaign),
    input.profile === null ? null : profileOf(deps, input.profile),
  ]);
  const creatives = await approvedCreatives(deps, campaign.id);
  const scored = await scoreCreatives(deps, { campaign, profile, creatives, signal: input.signal });
  const predictions = scored.slice(0, input.first);
  await deps.predictions.add(predictions);
  return {
    id: predictions[0]?.rankingId ?? deps.ids.next(),
    campaignId: campaign.id,
    profile,
    personalised: profile !== null && profileText(profile, { vertical: campaign.vertical }) !== '',
    candidates: creatives.length,
    predictions,
    creatives,
    timing: predictions[0]?.timing ?? { tokeniseMs: 0, queueMs: 0, inferenceMs: 0 },
  };
}

/** The newest approved creatives of a campaign. */
async function approvedCreatives(deps: Dependencies, campaignId: string): Promise<Creative[]> {
  const filter = { campaignIds: [campaignId], statuses: ['APPROVED'] } as const;
  const page = await deps.store.creatives.page(deps.advertiserId, filter, { first: MOST_CANDIDATES });
  return page.edges.map((edge) => edge.node);
}

async function campaignOf(deps: Dependencies, reference: Reference): Promise<Campaign> {
  if ('id' in reference) return requireCampaign(deps, reference.id);
  const [campaign] = await deps.store.campaigns.byExternalIds(deps.advertiserId, [reference.externalId]);
  if (!campaign) throw notFound('campaign', reference.externalId);
  return campaign;
}

async function profileOf(deps: Dependencies, reference: Reference): Promise<Profile> {
  const [profile] =
    'id' in reference
      ? await deps.store.profiles.byIds(deps.advertiserId, [reference.id])
      : await deps.store.profiles.byExternalIds(deps.advertiserId, [reference.externalId]);
  if (!profile) throw notFound('profile', 'id' in reference ? reference.id : reference.externalId);
  return profile;
}
