import { notFound } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Dependencies } from '../dependencies';
import { staleVersion } from '../input/stale-version';
import { applyPatch, type CampaignPatch } from './campaign-patch';
import { checkCampaign } from './check-campaign';
import { checkCurrencyChange } from './check-currency-change';

export interface UpdateCampaign {
  readonly id: string;
  readonly expectedVersion: number;
  readonly patch: CampaignPatch;
  readonly validateOnly?: boolean;
}

/** Changes what the patch names. The version the caller saw must still be the current one. */
export async function updateCampaign(deps: Dependencies, input: UpdateCampaign): Promise<Campaign | null> {
  const current = await requireCampaign(deps, input.id);
  if (current.version !== input.expectedVersion) throw staleVersion('campaign', input.expectedVersion, current.version);
  const changed: Campaign = { ...applyPatch(current, input.patch), updatedAt: deps.clock.now() };
  checkCampaign(changed, input.patch);
  checkCurrencyChange(current, input.patch);
  if (input.validateOnly) return null;
  const saved = await deps.store.campaigns.update(changed, input.expectedVersion);
  if (!saved) throw staleVersion('campaign', input.expectedVersion);
  return saved;
}

export async function requireCampaign(deps: Dependencies, id: string): Promise<Campaign> {
  const [campaign] = await deps.store.campaigns.byIds(deps.advertiserId, [id]);
  if (!campaign) throw notFound('campaign');
  return campaign;
}
