import type { Campaign } from '../../domain/entities/campaign';
import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';
import { nameTaken } from '../input/name-taken';
import { once, rehearse } from '../input/once';
import { applyPatch, blankCampaign, type CampaignPatch } from './campaign-patch';
import { checkCampaign } from './check-campaign';

export interface CreateCampaign {
  readonly patch: CampaignPatch;
  readonly idempotencyKey?: string | null;
  readonly validateOnly?: boolean;
}

/** A new campaign in DRAFT; null when it was only to be checked. */
export async function createCampaign(deps: Dependencies, input: CreateCampaign): Promise<Campaign | null> {
  const campaign = applyPatch(blankCampaign(deps.ids.next(), deps.advertiserId, deps.clock.now()), input.patch);
  checkCampaign(campaign, input.patch);
  const call = [deps, 'createCampaign', input.idempotencyKey, input.patch, async (tx: Queries): Promise<string> => {
    await refuseTaken(tx, campaign);
    await tx.campaigns.insert(campaign);
    return campaign.id;
  }] as const;
  if (input.validateOnly) {
    await rehearse(...call);
    return null;
  }
  const { id } = await once(...call);
  return (await deps.store.campaigns.byIds(deps.advertiserId, [id]))[0] ?? null;
}

async function refuseTaken({ campaigns }: Pick<Queries, 'campaigns'>, { advertiserId, externalId }: Campaign): Promise<void> {
  if (externalId !== null && (await campaigns.byExternalIds(advertiserId, [externalId])).length > 0) throw nameTaken('campaign', externalId);
}
