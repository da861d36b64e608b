import { differenceSequence, type DifferenceSequence } from '../../ml/bandit/experiment/confidence-sequence';
import { cuped } from '../../ml/bandit/experiment/cuped';
import { ratioEstimate } from '../../ml/bandit/experiment/estimate';
import { eBenjaminiHochberg } from '../../ml/bandit/experiment/false-discovery';
import type { Moments } from '../../ml/bandit/experiment/moments';
import type { ArmFigures } from '../../store/reports';
import { figure, METRICS, momentsOf, SMALLER_IS_BETTER, type Figure, type Metric } from './metrics';

export const VERDICTS = ['BETTER', 'WORSE', 'UNDECIDED', 'NOT_TRUSTED'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One metric of one arm against another, or of all arms together against the holdout. */
export interface Comparison {
  /** Null is all arms together. */
  readonly arm: string | null;
  readonly against: string;
  readonly metric: Metric;
  readonly difference: Figure;
  /** The difference over the other's value; null where that is 0 or unknown. */
  readonly relative: number | null;
  /** With what people did before the experiment taken out; null where that is not known. */
  readonly adjusted: Figure | null;
  /** The share of the variance that this took away. */
  readonly varianceCut: number | null;
  /** Of the adjusted difference where there is one. */
  readonly eValue: number;
  readonly verdict: Verdict;
}

export interface ComparedArm {
  readonly name: string;
  readonly holdout: boolean;
  readonly sums: ArmFigures;
}

/** Most that is told of evidence: beyond this nobody counts, and JSON knows no infinity. */
const MOST_EVIDENCE = 1e12;

/**
 * Each arm against the first, and all arms together against the holdout, metric by metric. Which findings stand is decided over all of them
 * together (e-BH at 0.05). Whether the adjusted difference decides depends on there being a covariate, never on what it shows.
 */
export function compareArms(arms: readonly ComparedArm[], { trusted }: { readonly trusted: boolean }): Comparison[] {
  const [control, ...others] = arms.filter(({ holdout }) => !holdout);
  const holdout = arms.find((arm) => arm.holdout);
  const pairs = others.map((arm) => compared(arm.name, control!.name, arm.sums, control!.sums));
  if (holdout) pairs.push(compared(null, holdout.name, arms.filter((arm) => arm !== holdout).map(({ sums }) => sums).reduce(addArms), holdout.sums));
  const all = pairs.flat();
  const { found } = eBenjaminiHochberg(all.map(({ eValue }) => eValue));
  return all.map((each, index) => ({ ...each, verdict: verdictOf(each, found[index]!, trusted) }));
}

function compared(arm: string | null, against: string, treatment: ArmFigures, control: ArmFigures): Omit<Comparison, 'verdict'>[] {
  return METRICS.map((metric) => {
    const scale = metric === 'CPA' ? 1e6 : 1;
    const [t, c] = [ratioEstimate(momentsOf(metric, treatment)), ratioEstimate(momentsOf(metric, control))];
    const plain = differenceSequence(t, c);
    const adjusted = metric === 'CTR' ? adjustedDifference(treatment, control) : null;
    return {
      arm, against, metric,
      difference: scaled(plain, scale),
      relative: Number.isFinite(plain.value) && c.value > 0 ? plain.value / c.value : null,
      adjusted: adjusted && scaled(adjusted.difference, scale),
      varianceCut: adjusted?.varianceCut ?? null,
      eValue: Math.min(MOST_EVIDENCE, (adjusted?.difference ?? plain).eValue),
    };
  });
}

/** CUPED over the people's clicks per impression before the experiment; null where nobody's are known. */
function adjustedDifference(treatment: ArmFigures, control: ArmFigures): { difference: DifferenceSequence; varianceCut: number } | null {
  if (treatment.known + control.known === 0) return null;
  const { arms, varianceCut } = cuped([treatment, control].map(withCovariate));
  return { difference: differenceSequence(arms[0]!, arms[1]!), varianceCut };
}

/** Clicks, impressions, the earlier rate where known else 0, and whether it is known. */
function withCovariate(sums: ArmFigures): Moments {
  return {
    n: sums.units,
    sums: [sums.clicks, sums.impressions, sums.rates, sums.known],
    products: [
      [sums.clicksSquared, sums.clicksImpressions, sums.clicksRates, sums.knownClicks],
      [sums.clicksImpressions, sums.impressionsSquared, sums.impressionsRates, sums.knownImpressions],
      [sums.clicksRates, sums.impressionsRates, sums.ratesSquared, sums.rates],
      [sums.knownClicks, sums.knownImpressions, sums.rates, sums.known],
    ],
  };
}

function scaled(sequence: DifferenceSequence, scale: number): Figure {
  const { value, low, high } = figure(sequence);
  const times = (each: number | null): number | null => (each === null ? null : each * scale);
  return { value: times(value), low: times(low), high: times(high) };
}

/** Sums of both: no unit is in two. */
export function addArms(a: ArmFigures, b: ArmFigures): ArmFigures {
  const added = Object.entries(a).map(([name, value]) => {
    const other = b[name as keyof ArmFigures];
    if (typeof value === 'bigint') return [name, value + (other as bigint)];
    return [name, typeof value === 'number' ? value + (other as number) : value];
  });
  return Object.fromEntries(added) as unknown as ArmFigures;
}

function verdictOf({ metric, adjusted, difference }: Omit<Comparison, 'verdict'>, found: boolean, trusted: boolean): Verdict {
  if (!trusted) return 'NOT_TRUSTED';
  if (!found) return 'UNDECIDED';
  const larger = ((adjusted ?? difference).value ?? 0) > 0;
  return larger !== SMALLER_IS_BETTER.has(metric) ? 'BETTER' : 'WORSE';
}
