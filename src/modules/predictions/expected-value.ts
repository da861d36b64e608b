import type { Campaign } from '../../domain/entities/campaign';
import type { CreativeCounts } from '../../domain/entities/creative';
import type { Worth } from '../../ml/retrieval/types';

/** Before anything was seen one click in fifty converts; worth fifty clicks of evidence. */
const PRIOR = { clicks: 50, conversions: 1 };
/** Clicks a creative needs before it counts as much as its campaign. */
const SHRINKAGE = 20;

/**
 * Chance that an impression converts: the model's chance of a click times the conversions per click that were counted,
 * a creative's own shrunk towards its campaign's. No model speaks of conversions yet; this is evidence alone.
 */
export function conversionChance(pClick: number, own: CreativeCounts, campaign: { clicks: number; conversions: number }): number {
  const rate = (campaign.conversions + PRIOR.conversions) / (campaign.clicks + PRIOR.clicks);
  const shrunk = (own.conversions + SHRINKAGE * Math.min(rate, 1)) / (own.clicks + SHRINKAGE);
  return pClick * Math.min(shrunk, 1);
}

/** Expected value of one impression, in micros: sum over objectives of weight x probability x value. */
export function expectedValue(objectives: Campaign['objectives'], pClick: number, pConversion: number): number {
  return (
    objectives.clickWeight * pClick * Number(objectives.clickValueMicros) +
    objectives.conversionWeight * pConversion * Number(objectives.conversionValueMicros) +
    objectives.revenueWeight * pConversion * Number(objectives.revenuePerConversionMicros)
  );
}

/** The largest amount that a column holds: what is worth more is worth that. */
const MOST = 2n ** 63n - 1n;

/** In whole micros, as it is kept. */
export function wholeMicros(value: number): bigint {
  const micros = BigInt(Math.round(value));
  return micros > MOST ? MOST : micros;
}

/** The same for the first stage: of trials that are clicks and successes that are conversions. */
export function worthOf(objectives: Campaign['objectives']): Worth {
  return {
    base: objectives.clickWeight * Number(objectives.clickValueMicros),
    gain: objectives.conversionWeight * Number(objectives.conversionValueMicros) + objectives.revenueWeight * Number(objectives.revenuePerConversionMicros),
    prior: { trials: PRIOR.clicks, successes: PRIOR.conversions },
    strength: SHRINKAGE,
  };
}
