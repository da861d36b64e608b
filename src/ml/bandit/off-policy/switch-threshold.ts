import type { RowParts } from './row-parts';

/**
 * The threshold t of Switch-DR with the least estimated mean squared error (Wang, Agarwal and Dudik 2017, section 4.1):
 *
 *   variance(t) = 1/n^2 sum (Y_i(t) - mean Y(t))^2          Y_i(t) the row's term of Switch-DR
 *   bias(t)^2  <= (R_max mean of E_pi[w > t | x_i])^2        R_max the largest |reward| of the log
 *
 * A log knows the propensity of what was shown alone, so E_pi[w > t] is estimated by its importance-weighted mean, w [w > t].
 * All thresholds that make a difference are tried: 0 and every weight. Ties go to the larger, with less bias.
 */
export function switchThreshold({ weights, rewards, predicted, expected }: RowParts): number {
  const n = weights.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => weights[a]! - weights[b]!);
  let [mean, beyond, largest] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    mean += expected[i]! / n;
    beyond += weights[i]! / n;
    largest = Math.max(largest, Math.abs(rewards[i]!));
  }
  // Terms are centred, so that small variances are not lost beside a large mean.
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) squares += (expected[i]! - mean) ** 2;
  const error = (): number => Math.max(0, squares - (sum * sum) / n) / (n * n) + (largest * Math.max(0, beyond)) ** 2;
  let [best, least] = [0, error()];
  for (let k = 0; k < n; ) {
    const threshold = weights[order[k]!]!;
    for (; k < n && weights[order[k]!] === threshold; k++) {
      const i = order[k]!;
      const correction = threshold * (rewards[i]! - predicted[i]!);
      sum += correction;
      squares += correction * (2 * (expected[i]! - mean) + correction);
      beyond -= threshold / n;
    }
    // Nothing lies beyond the last: what is left there is rounding.
    if (k === n) beyond = 0;
    if (error() <= least) [best, least] = [threshold, error()];
  }
  return best;
}
