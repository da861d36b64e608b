import { AdloomError } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import type { SearchTiming } from '../../ml/retrieval/types';
import type { Dependencies } from '../dependencies';
import { worthOf } from './expected-value';

export interface FirstStageInput {
  readonly campaign: Campaign;
  /** Null for nobody in particular. */
  readonly profile: Profile | null;
  /** How many of the best. */
  readonly most: number;
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
 * @throws MODEL_UNAVAILABLE where there is no index, CANCELLED
 */
export async function firstStage(deps: Dependencies, { campaign, profile, most, signal }: FirstStageInput): Promise<FirstStage> {
  if (deps.creativeIndex === null) throw new AdloomError('MODEL_UNAVAILABLE', 'The classifier in use has no index of creatives.');
  const prefix = profile ? profileText(profile, { vertical: campaign.vertical }) : '';
  const groups = [{ group: campaign.id, worth: worthOf(campaign.objectives) }];
  const { found, totals, timing } = await deps.creativeIndex.top({ prefix, k: most, groups }, { signal });
  const { rows, trials, successes } = totals.get(campaign.id)!;
  return {
    chosen: found.map(({ key, probability, value }) => ({ creativeId: key, pClick: probability, expectedValueMicros: value })),
    candidates: rows,
    seen: { clicks: trials, conversions: successes },
    timing,
  };
}
