import type { Campaign } from '../../domain/entities/campaign';
import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';
import { makeOnce } from '../input/make-once';
import { nameTaken } from '../input/name-taken';
import { applyPatch, blankCampaign, type CampaignPatch } from './campaign-patch';
import { checkCampaign } from './check-campaign';

export interface CreateCampaign {
  readonly patch: CampaignPatch;
  readonly idempotencyKey?: string | null;
  readonly validateOnly?: boolean;
}

/** A new campaign in DRAFT; null when it was only to be checked. */
export async function createCampaign(deps: Dependencies, input: CreateCampaign): Promise<Campaign | null> {
  const prepare = (): Campaign => {
    const campaign = applyPatch(blankCampaign(deps.ids.next(), deps.advertiserId, deps.clock.now()), input.patch);
    checkCampaign(campaign, input.patch);
    return campaign;
  };
  const made = await makeOnce(deps, { ...input, operation: 'createCampaign', request: input.patch }, prepare, async (tx, campaign) => {
    await refuseTaken(tx, campaign);
    await tx.campaigns.insert(campaign);
    return campaign.id;
  });
  return made && ((await deps.store.campaigns.byIds(deps.advertiserId, [made.id]))[0] ?? null);
}

async function refuseTaken({ campaigns }: Pick<Queries, 'campaigns'>, { advertiserId, externalId }: Campaign): Promise<void> {
  if (externalId !== null && (await campaigns.byExternalIds(advertiserId, [externalId])).length > 0) throw nameTaken('campaign', externalId);
}
