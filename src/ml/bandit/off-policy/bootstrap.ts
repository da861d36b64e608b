import type { Rng } from '../../../base/rng';
import { ratioMean, type Interval, type RatioTerms } from './ratio-mean';

/**
 * Studentised (bootstrap-t) 95 % intervals (Efron and Tibshirani 1993, section 12.5; Davison and Hinkley 1997, section 5.2.1) by
 * resampling rows: with t* = (value* - value) / se*, the interval is value - q(t*, 0.975) se to value - q(t*, 0.025) se. Unlike
 * percentiles it follows the skew that heavy weights give. Every estimator sees the same resamples, so the cost of drawing is
 * paid once. Null where rows do not vary, or so few do that a bound is not finite.
 *
 * @param replicates resamples; at least 100 for the tails to mean anything. Time is estimators x replicates x rows.
 */
export function bootstrapIntervals(estimators: readonly RatioTerms[], replicates: number, rng: Rng): (Interval | null)[] {
  const n = estimators[0]?.numerators.length ?? 0;
  const whole = estimators.map(ratioMean);
  // Terms less their share of the whole's value: the value of a resample is then its distance from the whole's, with no digits lost.
  const centred = estimators.map(({ numerators, denominators }, e) => numerators.map((a, i) => a - whole[e]!.value * (denominators?.[i] ?? 1)));
  const deviations = estimators.map(() => new Float64Array(replicates));
  const counts = new Float64Array(n);
  for (let b = 0; b < replicates; b++) {
    counts.fill(0);
    for (let j = 0; j < n; j++) counts[(rng.next() * n) | 0]!++;
    for (const [e, { denominators }] of estimators.entries()) deviations[e]![b] = denominators === null ? deviationOfMean(centred[e]!, counts) : deviationOfRatio(centred[e]!, denominators, counts);
  }
  return whole.map(({ value, standardError }, e) => {
    if (!(standardError > 0)) return null;
    const sorted = deviations[e]!.sort();
    const [low, high] = [value - quantile(sorted, 0.975) * standardError, value - quantile(sorted, 0.025) * standardError];
    return Number.isFinite(low) && Number.isFinite(high) ? { low, high } : null;
  });
}

/** t* of a resample: its value less the whole's, in its own standard errors. The loops have no branch: they are all the time there is. */
function deviationOfMean(terms: Float64Array, counts: Float64Array): number {
  const n = terms.length;
  let top = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const share = counts[i]! * terms[i]!;
    top += share;
    squares += share * terms[i]!;
  }
  return top === 0 ? 0 : top / Math.sqrt(Math.max(0, squares - (top * top) / n));
}

function deviationOfRatio(terms: Float64Array, denominators: Float64Array, counts: Float64Array): number {
  const n = terms.length;
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < n; i++) {
    top += counts[i]! * terms[i]!;
    bottom += counts[i]! * denominators[i]!;
  }
  if (bottom === 0) return Infinity;
  const shift = top / bottom;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += counts[i]! * (terms[i]! - shift * denominators[i]!) ** 2;
  return shift === 0 ? 0 : top / Math.sqrt(squares);
}

/** At place (B + 1) p of the order statistics, between neighbours in proportion. */
function quantile(sorted: Float64Array, p: number): number {
  const place = Math.min(Math.max((sorted.length + 1) * p - 1, 0), sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below === above ? below : below + (above - below) * (place - Math.floor(place));
}
