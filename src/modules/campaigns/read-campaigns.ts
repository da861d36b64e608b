import type { Campaign } from '../../domain/entities/campaign';
import type { CampaignFilter, CampaignSortField } from '../../store/campaigns';
import type { Dependencies } from '../dependencies';
import { checkedExternalId, checkedFilter } from '../input/filter';
import { pageRequest, type Page, type PageInput } from '../input/page';

export type { CampaignFilter, CampaignSortField } from '../../store/campaigns';

/** Unknown ids are absent; in no particular order. */
export function campaignsByIds(deps: Dependencies, ids: readonly string[]): Promise<Campaign[]> {
  return deps.store.campaigns.byIds(deps.advertiserId, ids);
}

export async function campaignByExternalId(deps: Dependencies, externalId: string): Promise<Campaign | null> {
  return (await deps.store.campaigns.byExternalIds(deps.advertiserId, [checkedExternalId(externalId)]))[0] ?? null;
}

export async function listCampaigns(
  deps: Dependencies,
  input: { filter: CampaignFilter; page: PageInput<CampaignSortField> },
): Promise<Page<Campaign>> {
  return deps.store.campaigns.page(deps.advertiserId, checkedFilter(input.filter), pageRequest(input.page));
}

export async function countCampaigns(deps: Dependencies, filter: CampaignFilter): Promise<number> {
  return deps.store.campaigns.count(deps.advertiserId, checkedFilter(filter));
}
