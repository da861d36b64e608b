import { badInput } from '../../base/errors';
import { ascending, checkProbabilities, checkSamples, type Values } from './samples';

export interface CalibrationBin {
  /** Share of all weight. */
  readonly share: number;
  readonly predicted: number;
  readonly observed: number;
}

export interface CalibrationError {
  /** Expected calibration error: sum over bins of share x |predicted - observed|. */
  readonly ece: number;
  /** The worst bin's |predicted - observed|. */
  readonly maximum: number;
  readonly bins: readonly CalibrationBin[];
}

export interface EceOptions {
  /** Default 15. */
  readonly bins?: number;
  /** Bins of equal width in probability (Guo et al. 2017), or of equal mass (Nguyen and O'Connor 2015), the better where
   * probabilities are bunched, as click rates are. Default `equal-mass`. */
  readonly binning?: 'equal-mass' | 'equal-width';
}

/**
 * How far predicted probabilities are from observed rates, in bins of similar predictions (Naeini et al. 2015; Guo et al. 2017).
 * Weighted; labels may be fractions. Equal predictions always share a bin, so the order of rows changes nothing. @throws BAD_INPUT.
 */
export function calibrationError(probabilities: Values, labels: Values, options: EceOptions & { weights?: Values } = {}): CalibrationError {
  const { bins: count = 15, binning = 'equal-mass' } = options;
  if (!Number.isSafeInteger(count) || count < 1) throw badInput('bins', `The number of bins must be a whole number of at least 1, not ${count}.`);
  const w = checkSamples(probabilities, labels, options.weights);
  checkProbabilities(probabilities);
  const order = ascending(probabilities);
  let total = 0;
  for (let i = 0; i < w.length; i++) total += w[i]!;

  const sums = new Map<number, { weight: number; predicted: number; observed: number }>();
  let passed = 0;
  for (let i = 0; i < order.length; ) {
    const p = probabilities[order[i]!]!;
    let weight = 0;
    let observed = 0;
    for (; i < order.length && probabilities[order[i]!] === p; i++) {
      const row = order[i]!;
      weight += w[row]!;
      observed += w[row]! * labels[row]!;
    }
    // A run of equal predictions belongs where its middle falls.
    const place = binning === 'equal-width' ? p : (passed + weight / 2) / total;
    const bin = Math.min(count - 1, Math.floor(place * count));
    const sum = sums.get(bin) ?? { weight: 0, predicted: 0, observed: 0 };
    sums.set(bin, { weight: sum.weight + weight, predicted: sum.predicted + weight * p, observed: sum.observed + observed });
    passed += weight;
  }
  const bins = [...sums.entries()]
    .filter(([, sum]) => sum.weight > 0)
    .sort(([a], [b]) => a - b)
    .map(([, { weight, predicted, observed }]) => ({ share: weight / total, predicted: predicted / weight, observed: observed / weight }));
  const gaps = bins.map(({ predicted, observed }) => Math.abs(predicted - observed));
  return { ece: bins.reduce((sum, bin, i) => sum + bin.share * gaps[i]!, 0), maximum: Math.max(0, ...gaps), bins };
}
