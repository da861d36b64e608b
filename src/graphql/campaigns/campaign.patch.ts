import { badInput } from '../../base/errors';
import type { CampaignPatch } from '../../modules/campaigns/campaign-patch';
import type { CampaignFields } from './campaign.input';

/** Fields that may be emptied with null; null for any other is a mistake, not a wish. */
const EMPTIABLE: ReadonlySet<string> = new Set([
  'externalId', 'product.brand', 'product.description', 'product.price', 'product.url', 'voice.requiredDisclaimer',
  'flight.endsAt', 'budget.total', 'budget.daily', 'frequencyCap',
  'targetCostPerConversion',
]);

/** GraphQL lets every optional field be null; this refuses the nulls that would leave a campaign without what it needs. */
export function toPatch(input: Partial<CampaignFields> & { name?: string; externalId?: string | null }): CampaignPatch {
  refuseNulls(input, '');
  return input as CampaignPatch;
}

function refuseNulls(value: object, prefix: string): void {
  for (const [name, each] of Object.entries(value)) {
    const field = `${prefix}${name}`;
    if (each === null && !EMPTIABLE.has(field)) throw badInput(field, `${field} cannot be null.`, 'Leave it out to keep it as it is.');
    if (prefix === '' && each !== null && typeof each === 'object' && !Array.isArray(each)) refuseNulls(each, `${field}.`);
  }
}
