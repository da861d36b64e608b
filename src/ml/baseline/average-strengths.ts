import { EVIDENCE_ROWS, logEvidence } from './evidence';
import { fitLogistic, type Logistic, type LogisticSample, type LogisticStart, type Precision } from './logistic';
import type { SparseMatrix } from './sparse';

/**
 * Logistic regression under priors of several strengths, averaged by how likely each makes the samples (Hoeting et al., "Bayesian model
 * averaging", 1999): where the prior's mean explains them, what is learnt stays close to it, and where it does not, it does not hold back.
 * @param strengths times `precision` of the columns, the weakest first, which samples of too many rows for the evidence go by alone
 * @param from near the optimum under one of them
 */
export function fitAtStrengths(X: SparseMatrix, samples: readonly LogisticSample[], { columns, own }: Precision, strengths: readonly number[], from?: LogisticStart): Logistic {
  const tried = X.rows <= EVIDENCE_ROWS ? strengths : strengths.slice(0, 1);
  const fits = tried.map((strength) => fitLogistic(X, samples, { columns: strength * columns, own }, from));
  if (fits.length === 1) return fits[0]!;
  const evidence = fits.map((fit, i) => logEvidence(X, samples, tried[i]! * columns, fit));
  const most = Math.max(...evidence);
  const likely = evidence.map((value) => Math.exp(value - most));
  const all = likely.reduce((sum, value) => sum + value, 0);
  const mean = (of: (fit: Logistic) => number): number => fits.reduce((sum, fit, i) => sum + (likely[i]! / all) * of(fit), 0);
  return {
    coefficients: fits[0]!.coefficients.map((_, j) => mean(({ coefficients }) => coefficients[j]!)),
    intercept: mean(({ intercept }) => intercept),
    own: mean((fit) => fit.own),
    loss: mean(({ loss }) => loss),
    steps: fits.reduce((sum, { steps }) => sum + steps, 0),
  };
}
