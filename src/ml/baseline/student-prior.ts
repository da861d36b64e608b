import { fitLogistic, type Logistic, type LogisticSample, type Precision } from './logistic';
import type { SparseMatrix } from './sparse';

/** Student's t around 0: most coefficients are next to nothing, and the few that matter are hardly held back. */
export interface StudentPrior {
  /** Degrees of freedom. */
  readonly freedom: number;
  /** Square of its scale, in units of the normal prior's variance. */
  readonly variance: number;
  /** Rounds after the first, which is under the normal prior. */
  readonly rounds: number;
}

/**
 * Logistic regression under Student's t: a normal prior whose variance each coefficient has of its own, found in turn with the coefficients
 * by expectation-maximisation (Lange, Little, Taylor, "Robust statistical modeling using the t distribution", 1989). The objective is
 * not convex: it ends at the optimum next to the normal prior's.
 * @param precision the normal prior that the t is in units of; `own` stays normal
 */
export function fitUnderStudent(X: SparseMatrix, samples: readonly LogisticSample[], precision: Precision, { freedom, variance, rounds }: StudentPrior): Logistic {
  let deviations = new Float64Array(X.columns).fill(1);
  for (let round = 0; ; round++) {
    const fit = fitLogistic({ ...X, values: X.values.map((value, k) => value * deviations[X.indices[k]!]!) }, samples, precision);
    const coefficients = fit.coefficients.map((value, j) => value * deviations[j]!);
    if (round === rounds) return { ...fit, coefficients };
    deviations = coefficients.map((value) => Math.sqrt((freedom * variance + precision.columns * value * value) / (freedom + 1)));
  }
}
