import type { Creative } from '../../domain/entities/creative';
import type { Queries } from '../../store/store';
import { requireCampaign } from '../campaigns/update-campaign';
import type { Dependencies } from '../dependencies';
import { makeOnce } from '../input/make-once';
import { nameTaken } from '../input/name-taken';
import { Checker } from '../input/problems';
import { checkText } from '../input/text';
import { applyCopy, checkCopyInput, findingsOf, type CopyPatch } from './copy-input';
import { creativeChanged } from './creative-changed';
import { newCreative } from './new-creative';

export interface CreateCreative {
  readonly campaignId: string;
  readonly externalId?: string | null;
  readonly copy: CopyPatch;
  readonly idempotencyKey?: string | null;
  readonly validateOnly?: boolean;
}

export interface CreativeResult {
  /** Null when it was only to be checked. */
  readonly creative: Creative | null;
  /** What the guard says of the copy, also on a dry run. */
  readonly findings: Creative['findings'];
}

/** Copy that a person wrote, as a DRAFT. Findings are kept with it; a blocking one only stops the approval. */
export async function createCreative(deps: Dependencies, input: CreateCreative): Promise<CreativeResult> {
  const campaign = await requireCampaign(deps, input.campaignId);
  const copy = applyCopy({ headline: '', body: null, callToAction: null, imageUrl: null }, input.copy);
  const check = new Checker();
  checkText(check, 'externalId', input.externalId, { max: 200 });
  check.orThrow();
  checkCopyInput(copy);
  const findings = findingsOf(campaign, copy);
  const prepare = (): Creative => newCreative(deps, { campaignId: campaign.id, externalId: input.externalId ?? null, ...copy, origin: 'HUMAN', status: 'DRAFT', findings });
  const request = { campaignId: input.campaignId, externalId: input.externalId ?? null, copy: input.copy };
  const made = await makeOnce(deps, { ...input, operation: 'createCreative', request }, prepare, async (tx, creative) => {
    await refuseTaken(deps, tx, input);
    await tx.creatives.insertMany([creative]);
    await deps.bus.record(tx, 'creativeChanged', creativeChanged(creative, 'CREATED'));
    return creative.id;
  });
  if (!made) return { creative: null, findings };
  deps.bus.wake('creativeChanged');
  const [saved] = await deps.store.creatives.byIds(deps.advertiserId, [made.id]);
  return { creative: saved ?? null, findings: saved?.findings ?? findings };
}

async function refuseTaken({ advertiserId }: Dependencies, { creatives }: Pick<Queries, 'creatives'>, { campaignId, externalId }: CreateCreative): Promise<void> {
  if (externalId != null && (await creatives.byExternalIds(advertiserId, campaignId, [externalId])).length > 0) throw nameTaken('creative', externalId);
}
