import type { Creative } from '../../domain/entities/creative';
import type { CreativeFilter, CreativeSortField } from '../../store/creatives';
import type { Dependencies } from '../dependencies';
import { checkedFilter } from '../input/filter';
import { pageRequest, type Page, type PageInput } from '../input/page';

export type { CreativeFilter, CreativeSortField } from '../../store/creatives';
export type CreativesOfCampaign = Omit<CreativeFilter, 'campaignIds'>;

export function creativesByIds(deps: Dependencies, ids: readonly string[]): Promise<Creative[]> {
  return deps.store.creatives.byIds(deps.advertiserId, ids);
}

export async function listCreatives(
  deps: Dependencies,
  input: { filter: CreativeFilter; page: PageInput<CreativeSortField> },
): Promise<Page<Creative>> {
  return deps.store.creatives.page(deps.advertiserId, checkedFilter(input.filter), pageRequest(input.page));
}

export async function countCreatives(deps: Dependencies, filter: CreativeFilter): Promise<number> {
  return deps.store.creatives.count(deps.advertiserId, checkedFilter(filter));
}

/** The same page of each campaign, in one statement. */
export async function creativesByCampaignIds(
  deps: Dependencies,
  input: { campaignIds: readonly string[]; filter: CreativesOfCampaign; page: PageInput<CreativeSortField> },
): Promise<Map<string, Page<Creative>>> {
  return deps.store.creatives.pageByCampaignIds(deps.advertiserId, input.campaignIds, checkedFilter(input.filter), pageRequest(input.page));
}

export async function creativeCountsByCampaignIds(
  deps: Dependencies,
  input: { campaignIds: readonly string[]; filter: CreativesOfCampaign },
): Promise<Map<string, number>> {
  return deps.store.creatives.countByCampaignIds(deps.advertiserId, input.campaignIds, checkedFilter(input.filter));
}
