import { badInput } from '../../../base/errors';
import { checkAlpha, checkCount } from './checks';
import { chiSquaredTail } from './special-functions';

export interface PopulationStability {
  /** 0 where both have the same shares. */
  readonly psi: number;
  /** The chance of a psi this large where nothing changed. */
  readonly pValue: number;
  readonly drifted: boolean;
}

/** Below this, a change is of no consequence, however certain (the usual rule of thumb: 0.1 small, 0.25 large). */
export const LEAST_DRIFT = 0.1;

/**
 * The population stability index of two histograms over the same bins, sum (a_i - b_i) ln(a_i / b_i) over shares, with half a unit added to
 * each bin. Without drift psi / (1/n + 1/m) is about chi-squared with bins - 1 degrees of freedom (Yurdakul 2018, "Statistical Properties of
 * Population Stability Index"): a fixed threshold would call every small sample drifted. It drifted where both the p-value is at
 * most alpha and psi at least LEAST_DRIFT. For many looks or buckets, control the p-values together. @throws BAD_INPUT.
 */
export function populationStability(baseline: readonly number[], current: readonly number[], alpha = 0.05): PopulationStability {
  checkAlpha(alpha);
  if (baseline.length < 2 || baseline.length !== current.length) {
    throw badInput('bins', `Both histograms need the same bins, two or more; ${baseline.length} and ${current.length} came.`);
  }
  baseline.forEach((count, i) => checkCount(`baseline.${i}`, count));
  current.forEach((count, i) => checkCount(`current.${i}`, count));
  const [n, m] = [sum(baseline), sum(current)];
  if (n === 0 || m === 0) return { psi: 0, pValue: 1, drifted: false };
  const share = (count: number, total: number): number => (count + 0.5) / (total + baseline.length / 2);
  const psi = sum(baseline.map((count, i) => {
    const [a, b] = [share(count, n), share(current[i]!, m)];
    return (a - b) * Math.log(a / b);
  }));
  // Bins that neither has seen tell nothing.
  const bins = baseline.filter((count, i) => count + current[i]! > 0).length;
  const pValue = bins < 2 ? 1 : chiSquaredTail(psi / (1 / n + 1 / m), bins - 1);
  return { psi, pValue, drifted: pValue <= alpha && psi >= LEAST_DRIFT };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
