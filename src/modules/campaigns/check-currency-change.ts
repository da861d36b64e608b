import type { Campaign } from '../../domain/entities/campaign';
import { Checker } from '../input/problems';
import { amountsOf, blankCampaign, type CampaignPatch } from './campaign-patch';

/**
 * Amounts are kept as numbers in the campaign's currency: another currency would make other amounts of them. What was spent and earned cannot
 * be told again, so that only a draft changes its currency, and with it every amount that it has. @throws InputProblems
 */
export function checkCurrencyChange(current: Campaign, patch: CampaignPatch): void {
  const { currency } = patch;
  if (currency === undefined || currency === current.currency) return;
  const check = new Checker();
  if (current.status !== 'DRAFT') {
    check.add('currency', `currency stays ${current.currency} once a campaign has left DRAFT: what it spent is in ${current.currency}.`, `Make another campaign in ${currency}.`, 'CONFLICT');
  } else {
    const given = new Map(amountsOf(patch));
    for (const [field, micros] of keptAmounts(current)) {
      if (micros !== null && micros > 0n && given.get(field) === undefined) check.add(field, `${field} is in ${current.currency}, but the campaign would be in ${currency}.`, `Send ${field} in ${currency} too.`);
    }
  }
  check.orThrow();
}

/** By the names that `amountsOf` gives them; what a campaign has without being told so is 1 of any currency. */
function keptAmounts({ id, advertiserId, createdAt, objectives, budget, ...campaign }: Campaign): [field: string, micros: bigint | null][] {
  const { clickValueMicros: unstated } = blankCampaign(id, advertiserId, createdAt).objectives;
  return [
    ['objectives.clickValue', objectives.clickValueMicros === unstated ? null : objectives.clickValueMicros],
    ['objectives.conversionValue', objectives.conversionValueMicros],
    ['objectives.revenuePerConversion', objectives.revenuePerConversionMicros],
    ['budget.total', budget.totalMicros],
    ['budget.daily', budget.dailyMicros],
    ['costPerThousand', campaign.costPerThousandMicros],
    ['costPerClick', campaign.costPerClickMicros],
    ['targetCostPerConversion', campaign.targetCostPerConversionMicros],
  ];
}
