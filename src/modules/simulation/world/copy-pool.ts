/** Copy for the demo campaigns, of real words: that of people, and lines of the corpus with the campaign's facts in their slots. */
import type { Rng } from '../../../base/rng';
import type { CorpusLine } from '../../../domain/copy/corpus';
import { fillSlots } from '../../../domain/copy/fill';
import { parseMicros } from '../../../domain/rules/money';
import type { DemoCampaign } from '../../demo/demo-campaign';
import { copyFacts } from '../../generation/copy-facts';

export interface PoolCopy {
  readonly headline: string;
  readonly body: string;
  readonly callToAction: string;
}

/** A line and the vertical of its file. */
export type PoolLine = CorpusLine & { readonly vertical: string };

/** At most `count` pieces for a campaign, no headline twice; those that people wrote come first. */
export function copyPool(rng: Rng, campaign: DemoCampaign, lines: readonly PoolLine[], count: number): PoolCopy[] {
  const pool = campaign.creatives.map(([headline, body, callToAction]): PoolCopy => ({ headline, body, callToAction }));
  const own = lines.filter(({ vertical, interest }) => vertical === campaign.vertical.toLowerCase() && (interest === '' || campaign.interests.length === 0 || campaign.interests.includes(interest)));
  const of = (format: CorpusLine['format'], interest?: string): CorpusLine[] => own.filter((line) => line.format === format && (interest === undefined || line.interest === interest));
  const [bodies, calls] = [of('BODY'), of('CALL_TO_ACTION')];
  const price = parseMicros(campaign.price, 'price');
  const product = {
    name: campaign.product, brand: campaign.brand, description: campaign.description, features: campaign.features, offers: campaign.offers,
    price: price === 0n ? null : { micros: price, currency: campaign.currency }, url: campaign.url,
  };
  for (const [turn, line] of rng.shuffle(of('HEADLINE')).entries()) {
    if (pool.length >= count) break;
    const mates = bodies.filter(({ interest }) => interest === line.interest);
    const parts = [line, mates[rng.int(Math.max(1, mates.length))], calls[rng.int(Math.max(1, calls.length))]];
    const filled = parts.map((part) => (part === undefined ? null : fillSlots(part.text, copyFacts(product, part.interest || null, turn))));
    const [headline, body, callToAction] = filled.map((each) => (each?.ok ? each.text : null));
    if (headline && body && !pool.some((piece) => piece.headline === headline)) pool.push({ headline, body, callToAction: callToAction ?? campaign.creatives[0]![2] });
  }
  return pool.slice(0, count);
}
