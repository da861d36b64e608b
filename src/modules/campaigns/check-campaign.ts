import type { Campaign } from '../../domain/entities/campaign';
import { checkCurrency, checkInteger, checkMoney, checkNumber, checkTime } from '../input/amounts';
import { Checker } from '../input/problems';
import { checkText, checkTexts, checkUrl } from '../input/text';
import { amountsOf, type CampaignPatch } from './campaign-patch';

/**
 * Throws InputProblems with everything that is wrong with a campaign as it would be after `patch`.
 * @param campaign the result of the patch: rules that join several fields read it
 */
export function checkCampaign(campaign: Campaign, patch: CampaignPatch): void {
  const check = new Checker();
  checkText(check, 'externalId', campaign.externalId, { max: 200 });
  checkText(check, 'name', campaign.name, { max: 200 });
  checkProduct(check, campaign);
  checkVoice(check, campaign);
  checkAudience(check, campaign);
  if (checkCurrency(check, 'currency', campaign.currency)) checkAmounts(check, campaign, patch);
  checkObjectives(check, campaign);
  checkFlight(check, campaign);
  checkBudget(check, campaign);
  if (campaign.frequencyCap) {
    checkInteger(check, 'frequencyCap.impressions', campaign.frequencyCap.impressions, 1, 10_000);
    checkInteger(check, 'frequencyCap.perHours', campaign.frequencyCap.perHours, 1, 8_760);
  }
  checkInteger(check, 'clickWindowHours', campaign.clickWindowHours, 1, 2_160);
  checkInteger(check, 'conversionWindowHours', campaign.conversionWindowHours, 1, 2_160);
  check.orThrow();
}

function checkProduct(check: Checker, { product }: Campaign): void {
  checkText(check, 'product.name', product.name, { max: 120 });
  checkText(check, 'product.brand', product.brand, { max: 80 });
  checkText(check, 'product.description', product.description, { max: 4_000, multiline: true });
  checkTexts(check, 'product.features', product.features, 30, { max: 120 });
  checkTexts(check, 'product.offers', product.offers, 20, { max: 120 });
  checkUrl(check, 'product.url', product.url);
}

function checkVoice(check: Checker, { voice }: Campaign): void {
  checkTexts(check, 'voice.bannedWords', voice.bannedWords, 500, { max: 80 });
  checkText(check, 'voice.requiredDisclaimer', voice.requiredDisclaimer, { max: 300 });
}

function checkAudience(check: Checker, { audience }: Campaign): void {
  checkTexts(check, 'audience.interestsAnyOf', audience.interestsAnyOf, 100, { max: 80 });
  checkTexts(check, 'audience.interestsNoneOf', audience.interestsNoneOf, 100, { max: 80 });
  checkTexts(check, 'audience.segmentsAnyOf', audience.segmentsAnyOf, 100, { max: 80 });
  checkTexts(check, 'audience.segmentsNoneOf', audience.segmentsNoneOf, 100, { max: 80 });
  if (audience.attributes.length > 30) check.add('audience.attributes', 'audience.attributes may have at most 30 rules.');
  audience.attributes.slice(0, 30).forEach((rule, index) => {
    checkText(check, `audience.attributes.${index}.name`, rule.name, { max: 80 });
    checkTexts(check, `audience.attributes.${index}.anyOf`, rule.anyOf, 100, { max: 200 });
  });
}

/** Given amounts are in the campaign's currency; a change of currency needs every kept amount again. */
function checkAmounts(check: Checker, campaign: Campaign, patch: CampaignPatch): void {
  for (const [field, money] of amountsOf(patch)) checkMoney(check, field, money, campaign.currency);
  if (patch.product?.price === undefined && campaign.product.price && campaign.product.price.currency !== campaign.currency) {
    check.add('product.price', `product.price stays in ${campaign.product.price.currency}, but the campaign would be in ${campaign.currency}.`,
      'Send the price in the new currency too.');
  }
}

function checkObjectives(check: Checker, { objectives }: Campaign): void {
  checkNumber(check, 'objectives.clickWeight', objectives.clickWeight, 0, 1_000);
  checkNumber(check, 'objectives.conversionWeight', objectives.conversionWeight, 0, 1_000);
  checkNumber(check, 'objectives.revenueWeight', objectives.revenueWeight, 0, 1_000);
  if (objectives.clickWeight + objectives.conversionWeight + objectives.revenueWeight <= 0) {
    check.add('objectives', 'objectives must weigh at least one of click, conversion and revenue.', 'Set one weight above 0.');
  }
}

function checkFlight(check: Checker, { flight }: Campaign): void {
  checkTime(check, 'flight.startsAt', flight.startsAt);
  checkTime(check, 'flight.endsAt', flight.endsAt);
  if (flight.endsAt && flight.endsAt <= flight.startsAt) {
    check.add('flight.endsAt',
      `flight.endsAt (${isoOf(flight.endsAt)}) must be later than flight.startsAt (${isoOf(flight.startsAt)}).`,
      'Give a later end, or null for a campaign without one.');
  }
}

function checkBudget(check: Checker, { budget }: Campaign): void {
  if (budget.totalMicros != null && budget.dailyMicros != null && budget.dailyMicros > budget.totalMicros) {
    check.add('budget.daily', 'budget.daily must not exceed budget.total.', 'Lower the daily budget or raise the total.');
  }
}

function isoOf(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'not a time' : time.toISOString();
}
