import { rowCurvatures, type Logistic, type LogisticSample } from './logistic';
import type { SparseMatrix } from './sparse';

/** Rows up to which the evidence is worth its cost, which grows with their cube: a second or two at this many. */
export const EVIDENCE_ROWS = 1_500;

/**
 * Log evidence of a logistic regression's normal prior, without what is the same for all strengths of it: what the samples are worth before its
 * coefficients are known, by Laplace's approximation around the fit (MacKay, "The evidence framework applied to classification networks",
 * 1992; Bishop 2006, section 4.4). Intercept and own feature are taken as they were fitted.
 * @param precision of the coefficients, under which `fit` was found
 */
export function logEvidence(X: SparseMatrix, samples: readonly LogisticSample[], precision: number, fit: Logistic): number {
  const weight = samples.reduce((sum, sample) => sum + sample.weight, 0);
  const squares = fit.coefficients.reduce((sum, b) => sum + b * b, 0);
  return -weight * fit.loss - (precision / 2) * squares - halfLogDeterminant(X, rowCurvatures(X, samples, fit), precision);
}

/** Half the log determinant of I + D X X^T D / precision, D the roots of the rows' curvatures: that of the Hessian over the prior's, by Cholesky. */
function halfLogDeterminant(X: SparseMatrix, bends: Float64Array, precision: number): number {
  const { rows, columns, starts, indices, values } = X;
  const roots = bends.map((bend) => Math.sqrt(bend / precision));
  const factor = Array.from({ length: rows }, (_, i) => new Float64Array(i + 1));
  const dense = new Float64Array(columns);
  let half = 0;
  for (let i = 0; i < rows; i++) {
    const own = factor[i]!;
    for (let k = starts[i]!; k < starts[i + 1]!; k++) dense[indices[k]!] = values[k]!;
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = starts[j]!; k < starts[j + 1]!; k++) sum += values[k]! * dense[indices[k]!]!;
      let left = roots[i]! * roots[j]! * sum + Number(i === j);
      const other = factor[j]!;
      for (let k = 0; k < j; k++) left -= own[k]! * other[k]!;
      own[j] = i === j ? Math.sqrt(left) : left / other[j]!;
    }
    for (let k = starts[i]!; k < starts[i + 1]!; k++) dense[indices[k]!] = 0;
    half += Math.log(own[i]!);
  }
  return half;
}
