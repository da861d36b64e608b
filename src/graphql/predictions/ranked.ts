import { badInput } from '../../base/errors';
import type { Reference } from '../../modules/input/reference';
import type { RankCreatives } from '../../modules/predictions/rank-creatives';
import { fromGlobalId } from '../relay/global-id';
import type { RankArgs } from './prediction.input';

/** What is to be ranked, and for whom, however the caller names them. */
export function rankedOf(args: RankArgs): Pick<RankCreatives, 'campaign' | 'profile'> {
  const campaign = reference('campaign', 'Campaign', args.campaignId, args.campaignExternalId);
  if (campaign === null) throw badInput('campaignId', 'rankCreatives needs a campaign.', 'Send campaignId or campaignExternalId.');
  return { campaign, profile: reference('profile', 'Profile', args.profileId, args.profileExternalId) };
}

/** Null where neither is given. */
export function reference(name: string, type: 'Campaign' | 'Profile', id: string | null | undefined, externalId: string | null | undefined): Reference | null {
  if (id != null && externalId != null) throw badInput(`${name}ExternalId`, `${name}Id and ${name}ExternalId exclude each other.`, 'Send one of them.');
  if (id != null) return { id: fromGlobalId(`${name}Id`, type, id) };
  return externalId == null ? null : { externalId };
}
