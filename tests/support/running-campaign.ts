import type { Campaign } from '../../src/domain/entities/campaign';
import type { Creative } from '../../src/domain/entities/creative';
import type { Profile } from '../../src/domain/entities/profile';
import type { Dependencies } from '../../src/modules/dependencies';
import { decide, type Decide, type Decided } from '../../src/modules/delivery/decide';
import { aCampaign, aCreative, aProfile } from './entities';
import { unique } from './scenes';

type World = Pick<Dependencies, 'store' | 'advertiserId'>;

/** A campaign that is for everybody and has no bounds but those stated, with approved creatives of these headlines. */
export async function aRunningCampaign({ store, advertiserId }: World, stated: Partial<Campaign> = {}, headlines: readonly string[] = ['Mud is part of the plan', 'Follow the ridge']): Promise<{ campaign: Campaign; creatives: Creative[] }> {
  const campaign = aCampaign(advertiserId, {
    status: 'ACTIVE', frequencyCap: null, budget: { totalMicros: null, dailyMicros: null }, pacing: 'AS_FAST_AS_POSSIBLE',
    audience: { interestsAnyOf: [], interestsNoneOf: [], segmentsAnyOf: [], segmentsNoneOf: [], attributes: [] },
    ...stated,
  });
  await store.campaigns.insert(campaign);
  const creatives = await store.creatives.insertMany(headlines.map((headline) => aCreative(campaign, { headline })));
  return { campaign, creatives };
}

export async function aStoredProfile({ store, advertiserId }: World, stated: Partial<Profile> = {}): Promise<Profile> {
  const [profile] = await store.profiles.ensureMany([aProfile(advertiserId, stated)]);
  return profile!;
}

/** For nobody in particular, in one place, among these campaigns, unless stated otherwise. */
export function decideAmong(deps: Dependencies, campaigns: readonly Pick<Campaign, 'id'>[], stated: Partial<Decide> = {}): Promise<Decided> {
  return decide(deps, { profile: null, placements: [{ name: 'home' }], campaignIds: campaigns.map(({ id }) => id), idempotencyKey: unique('key'), ...stated });
}
