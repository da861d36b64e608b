import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import { conversionChance, expectedValue } from './expected-value';

/** What can be said of a creative without asking the model. */
export interface Estimate {
  readonly creative: Creative;
  readonly pClick: number;
  readonly pConversion: number;
  /** Standard deviation of the logit of `pClick`. */
  readonly uncertainty: number;
  /** Of one impression, in micros. */
  readonly value: number;
}

/** Before anything was seen one impression in a hundred is clicked; worth a hundred impressions of evidence. */
const PRIOR = { impressions: 100, clicks: 1 };
/** Impressions that a creative needs before it counts as much as its campaign. */
const SHRINKAGE = 200;

/**
 * Creatives by expected value from what was counted alone: each one's click rate, shrunk towards that of all of them. Takes no time,
 * so that it can stand in where the model has none. Among equals the order given stays.
 */
export function firstStageOrder(creatives: readonly Creative[], objectives: Campaign['objectives']): Estimate[] {
  const seen = creatives.reduce(
    (sum, { counts }) => ({
      impressions: sum.impressions + counts.impressions,
      clicks: sum.clicks + counts.clicks,
      conversions: sum.conversions + counts.conversions,
    }),
    { impressions: 0, clicks: 0, conversions: 0 },
  );
  const rate = (seen.clicks + PRIOR.clicks) / (seen.impressions + PRIOR.impressions);
  return creatives
    .map((creative) => {
      const { impressions, clicks } = creative.counts;
      // Clicks may be told of without the impressions that they followed.
      const trials = Math.max(impressions, clicks) + SHRINKAGE;
      const pClick = Math.min((clicks + SHRINKAGE * Math.min(rate, 1)) / trials, 1 - 1 / trials);
      const pConversion = conversionChance(pClick, creative.counts, seen);
      const uncertainty = 1 / Math.sqrt(trials * pClick * (1 - pClick));
      return { creative, pClick, pConversion, uncertainty, value: expectedValue(objectives, pClick, pConversion) };
    })
    .toSorted((a, b) => b.value - a.value || b.pClick - a.pClick);
}
