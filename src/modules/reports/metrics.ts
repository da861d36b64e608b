import type { ConfidenceSequence } from '../../ml/bandit/experiment/confidence-sequence';
import type { Moments } from '../../ml/bandit/experiment/moments';
import { ratioSequence, successRatioSequence } from '../../ml/bandit/experiment/ratio-sequence';
import type { Figures } from '../../store/reports';

/** What reports tell of, each a ratio of two sums. */
export const METRICS = ['CTR', 'CVR', 'CPA', 'ROAS'] as const;
export type Metric = (typeof METRICS)[number];

/** Of a metric whose smaller values are better. */
export const SMALLER_IS_BETTER: ReadonlySet<Metric> = new Set(['CPA']);

type Sums = Omit<Figures, 'key'>;
const UNIT = 1_000_000;

/** Numerator and denominator, their squares and their product. Amounts in units of the currency. */
const PARTS: Readonly<Record<Metric, (sums: Sums) => readonly [x: number, y: number, xx: number, yy: number, xy: number]>> = {
  CTR: (s) => [s.clicks, s.impressions, s.clicksSquared, s.impressionsSquared, s.clicksImpressions],
  CVR: (s) => [s.conversions, s.clicks, s.conversionsSquared, s.clicksSquared, s.conversionsClicks],
  CPA: (s) => [Number(s.spendMicros) / UNIT, s.conversions, s.spendSquared, s.conversionsSquared, s.spendConversions],
  ROAS: (s) => [Number(s.valueMicros) / UNIT, Number(s.spendMicros) / UNIT, s.valueSquared, s.spendSquared, s.valueSpend],
};

export function momentsOf(metric: Metric, sums: Sums): Moments {
  const [x, y, xx, yy, xy] = PARTS[metric](sums);
  return { n: sums.units, sums: [x, y], products: [[xx, xy], [xy, yy]] };
}

/** A figure as reports show it: null where there is nothing to divide by, or too little evidence for an end. */
export interface Figure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export function figure({ value, low, high }: ConfidenceSequence): Figure {
  const shown = (each: number): number | null => (Number.isFinite(each) ? each : null);
  return { value: shown(value), low: shown(low), high: shown(high) };
}

export function figureOf(metric: Metric, sums: Sums): Figure {
  const sequence = metric === 'CTR' || metric === 'CVR' ? successRatioSequence : ratioSequence;
  return figure(sequence(momentsOf(metric, sums)));
}
