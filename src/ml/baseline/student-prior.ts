import { withPairs, type ColumnPair } from './column-pairs';
import { fitLogistic, logitsOf, rowCurvatures, type Logistic, type LogisticSample, type LogisticStart, type Precision } from './logistic';
import { rowVariances, tempered, type RowEffects } from './row-effects';
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

/** Which columns may count together in pairs, and how many of them: those whose priors have come out widest. */
export interface Together {
  readonly among: readonly number[];
  readonly most: number;
}

export interface StudentFit extends Logistic {
  /** What columns count together; none where none were asked for. */
  readonly pairs: readonly ColumnPair[];
}

export interface StudentOptions {
  /** What rows are worth beside their columns, their variances found in the same rounds; nothing when absent. */
  readonly rows?: RowEffects;
  /** Pairs come in the last round, under the priors that the columns were found to have. */
  readonly together?: Together;
  /** Near the normal prior's optimum. */
  readonly from?: LogisticStart;
}

/**
 * Logistic regression under Student's t: a normal prior whose variance each coefficient has of its own, found in turn with the coefficients
 * by expectation-maximisation (Lange, Little, Taylor, "Robust statistical modeling using the t distribution", 1989). What is expected of a
 * coefficient's square is its estimate's and what the samples leave open, so that a word of which little is known is not taken for one that
 * means nothing (variational Bayes: Bishop 2006, section 10.6; the variance is Laplace's, by each coefficient's own curvature). The
 * objective is not convex: it ends at the optimum next to the normal prior's.
 * @param precision the normal prior that the t is in units of; `own` stays normal
 */
export function fitUnderStudent(X: SparseMatrix, samples: readonly LogisticSample[], precision: Precision, { freedom, variance, rounds }: StudentPrior, { rows, together, from }: StudentOptions = {}): StudentFit {
  let deviations = new Float64Array(X.columns).fill(1);
  let ofRows: Float64Array = new Float64Array(X.rows).fill(rows?.variance ?? 0);
  let near = from;
  for (let round = 0; ; round++) {
    const scaled = { ...X, values: X.values.map((value, k) => value * deviations[X.indices[k]!]!) };
    const weighed = rows ? tempered(samples, (row) => ofRows[row]!) : samples;
    if (round === rounds && together) return fitTogether(scaled, deviations, together, (both) => fitLogistic(both, weighed, precision, near && padded(near, both.columns)));
    const fit = fitLogistic(scaled, weighed, precision, near);
    const coefficients = fit.coefficients.map((value, j) => value * deviations[j]!);
    if (round === rounds) return { ...fit, coefficients, pairs: [] };
    const open = openVariances(scaled, weighed, precision.columns, fit);
    if (rows) ofRows = rowVariances(samples, logitsOf(scaled, samples, fit), rows, ofRows);
    deviations = fit.coefficients.map((value, j) => {
      const square = deviations[j]! ** 2 * (value * value + open[j]!);
      return Math.sqrt((freedom * variance + precision.columns * square) / (freedom + 1));
    });
    near = { ...fit, coefficients: coefficients.map((value, j) => value / deviations[j]!) };
  }
}

/** @param scaled by the deviations of the columns' priors */
function fitTogether(scaled: SparseMatrix, deviations: Float64Array, { among, most }: Together, fitted: (X: SparseMatrix) => Logistic): StudentFit {
  const widest = among.toSorted((a, b) => deviations[b]! - deviations[a]! || a - b).slice(0, most);
  const { X, pairs } = withPairs(scaled, widest);
  const fit = fitted(X);
  return {
    ...fit,
    coefficients: fit.coefficients.slice(0, scaled.columns).map((value, j) => value * deviations[j]!),
    pairs: pairs.map(([first, second], i) => ({ first, second, coefficient: fit.coefficients[scaled.columns + i]! * Math.SQRT2 * deviations[first]! * deviations[second]! })),
  };
}

function padded(near: LogisticStart, columns: number): LogisticStart {
  const coefficients = new Float64Array(columns);
  coefficients.set(near.coefficients);
  return { ...near, coefficients };
}

/** Variance that each coefficient is left with, were the others known. */
function openVariances(X: SparseMatrix, samples: readonly LogisticSample[], precision: number, fit: Logistic): Float64Array {
  const bends = rowCurvatures(X, samples, fit);
  const curvatures = new Float64Array(X.columns).fill(precision);
  for (let i = 0; i < X.rows; i++) {
    for (let k = X.starts[i]!; k < X.starts[i + 1]!; k++) curvatures[X.indices[k]!]! += bends[i]! * X.values[k]! ** 2;
  }
  return curvatures.map((curvature) => 1 / curvature);
}
