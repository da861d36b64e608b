import { AdloomError } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import type { SearchTiming } from '../../ml/retrieval/types';
import type { Dependencies } from '../dependencies';
import { searchInTime } from '../retrieval/search-in-time';
import { worthOf } from './expected-value';

export interface FirstStageInput {
  readonly campaign: Campaign;
  /** Null for nobody in particular. */
  readonly profile: Profile | null;
  /** How many of the best. */
  readonly most: number;
  /** Milliseconds left to answer; absent, the search is waited for. */
  readonly leftMs?: number;
  readonly signal?: AbortSignal;
}

export interface FirstStage {
  /** Best first: an estimate of what the second stage would say, without running the model. */
  readonly chosen: readonly { readonly creativeId: string; readonly pClick: number; readonly expectedValueMicros: number }[];
  /** Approved creatives of the campaign. */
  readonly candidates: number;
  /** What was counted of all of them. */
  readonly seen: { readonly clicks: number; readonly conversions: number };
  readonly timing: SearchTiming;
}

/**
 * The creatives that are likeliest to be worth the most to show to this person, out of any number, in milliseconds. Consent is
 * enforced here as in `scoreCreatives`: without it the search is the one for nobody in particular.
 * @returns null where there is no time for it
 * @throws MODEL_UNAVAILABLE where there is no index, CANCELLED
 */
export async function firstStage(deps: Dependencies, { campaign, profile, most, ...time }: FirstStageInput): Promise<FirstStage | null> {
  if (deps.creativeIndex === null) throw new AdloomError('MODEL_UNAVAILABLE', 'The classifier in use has no index of creatives.');
  const prefix = profile ? profileText(profile, { vertical: campaign.vertical }) : '';
  const groups = [{ group: campaign.id, worth: worthOf(campaign.objectives) }];
  const index = deps.creativeIndex;
  const reply = await searchInTime((signal) => index.top({ prefix, k: most, groups }, { signal }), time);
  if (!reply) return null;
  const { found, totals, timing } = reply;
  const { rows, trials, successes } = totals.get(campaign.id)!;
  return {
    chosen: found.map(({ key, probability, value }) => ({ creativeId: key, pClick: probability, expectedValueMicros: value })),
    candidates: rows,
    seen: { clicks: trials, conversions: successes },
    timing,
  };
}
