/** What an estimator averages: mean of numerators over mean of denominators, which are 1 where there are none. */
export interface RatioTerms {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array | null;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 97.5 % point of the standard normal distribution: all intervals are 95 %. */
const NORMAL_975 = 1.959963984540054;

export interface RatioMean {
  readonly value: number;
  /** By the delta method for a ratio: sqrt(sum (a_i - value b_i)^2) / sum b_i. */
  readonly standardError: number;
}

/** Of n rows. The standard error of a plain mean is its denominator-free case. */
export function ratioMean({ numerators, denominators }: RatioTerms): RatioMean {
  const n = numerators.length;
  let [top, bottom] = [0, 0];
  for (let i = 0; i < n; i++) {
    top += numerators[i]!;
    bottom += denominators === null ? 1 : denominators[i]!;
  }
  const value = top / bottom;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (numerators[i]! - value * (denominators === null ? 1 : denominators[i]!)) ** 2;
  return { value, standardError: Math.sqrt(squares) / bottom };
}

/** Two-sided 95 % by the central limit theorem; null where the rows show no variation to judge by. */
export function normalInterval({ value, standardError }: RatioMean): Interval | null {
  return standardError > 0 ? { low: value - NORMAL_975 * standardError, high: value + NORMAL_975 * standardError } : null;
}
