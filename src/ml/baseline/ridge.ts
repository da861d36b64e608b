import { badInput } from '../../base/errors';
import { conjugateGradient, dot } from './conjugate-gradient';
import { times, transposeTimes, type SparseMatrix } from './sparse';

/**
 * Ridge regression (Hoerl and Kennard 1970) on sparse rows:
 *
 *   minimise over b, c:  sum w (y - x b - c)^2 + alpha |b|^2
 *
 * The intercept c is not penalised: rows and targets are centred by their weighted means, without ever storing the centred rows.
 * Solved by conjugate gradients (Hestenes and Stiefel 1952) on (X^T W X + alpha) b = X^T W y.
 */
export interface RidgeOptions {
  readonly alpha: number;
  /** Sample weights; default 1. */
  readonly weights?: ArrayLike<number>;
  /** Stops when the residual is this share of the right-hand side; default 1e-6. */
  readonly tolerance?: number;
  /** Default 1000. */
  readonly maximumSteps?: number;
}

export interface Ridge {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** Conjugate gradient steps taken. */
  readonly steps: number;
  predict(X: SparseMatrix): Float64Array;
}

/** @throws BAD_INPUT. */
export function fitRidge(X: SparseMatrix, targets: ArrayLike<number>, options: RidgeOptions): Ridge {
  const { alpha, tolerance = 1e-6, maximumSteps = 1000 } = options;
  const n = X.rows;
  if (n === 0 || targets.length !== n) throw badInput('targets', `${n} rows need ${n} targets (at least one), ${targets.length} came.`);
  if (!(alpha > 0)) throw badInput('alpha', `alpha must be above 0, not ${alpha}.`);
  const w = Float64Array.from(options.weights ?? new Float64Array(n).fill(1));
  if (w.length !== n) throw badInput('weights', `${n} rows need ${n} weights, ${w.length} came.`);
  let total = 0;
  let mean = 0;
  for (let i = 0; i < n; i++) {
    if (!(w[i]! >= 0 && w[i]! < Infinity)) throw badInput('weights', `Weight ${i} is ${w[i]}; it must be a finite number, not negative.`);
    if (!Number.isFinite(targets[i])) throw badInput('targets', `Target ${i} is ${targets[i]}; it must be a finite number.`);
    total += w[i]!;
    mean += w[i]! * targets[i]!;
  }
  if (total === 0) throw badInput('weights', 'At least one weight must be above 0.');
  mean /= total;
  const centre = Float64Array.from(transposeTimes(X, w), (sum) => sum / total);

  const residuals = new Float64Array(n);
  /** X_c^T W v, of centred rows. */
  const project = (v: Float64Array, out: Float64Array): void => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      residuals[i] = w[i]! * v[i]!;
      sum += residuals[i]!;
    }
    transposeTimes(X, residuals, out);
    for (let j = 0; j < out.length; j++) out[j]! -= sum * centre[j]!;
  };
  const product = new Float64Array(n);
  const apply = (b: Float64Array, out: Float64Array): void => {
    times(X, b, product);
    const shift = dot(centre, b);
    for (let i = 0; i < n; i++) product[i]! -= shift;
    project(product, out);
    for (let j = 0; j < out.length; j++) out[j]! += alpha * b[j]!;
  };
  const r = new Float64Array(X.columns);
  project(Float64Array.from({ length: n }, (_, i) => targets[i]! - mean), r);
  const { solution, steps } = conjugateGradient(apply, r, tolerance, maximumSteps);
  const intercept = mean - dot(centre, solution);
  return { coefficients: solution, intercept, steps, predict: (rows) => Float64Array.from(times(rows, solution), (value) => value + intercept) };
}
