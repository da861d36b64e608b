/**
 * Logistic regression on sparse rows with a normal prior around 0, the maximum a posteriori estimate (Bishop 2006, section 4.5), by
 * Newton's method with conjugate gradients inside:
 *
 *   minimise over b, c, d:  sum over samples of w (log(1 + e^z) - y z) + precision / 2 |b|^2 + precision of d / 2 d^2,
 *   z = offset + scale (x b) + c + d own
 *
 * The intercept c is not penalised. Samples share rows: a text that was shown to many people is one row of X. `own` is a feature that
 * differs between samples of one row; without it d is 0.
 */
import { badInput } from '../../base/errors';
import { logLossOfLogit } from '../metrics/log-loss';
import { conjugateGradient } from './conjugate-gradient';
import { times, transposeTimes, type SparseMatrix } from './sparse';

export interface LogisticSample {
  /** Row of X. */
  readonly row: number;
  readonly offset: number;
  readonly scale: number;
  /** In [0, 1]. */
  readonly target: number;
  readonly weight: number;
  /** 0 when absent. */
  readonly own?: number;
}

export interface Logistic {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** Of the feature that is each sample's own. */
  readonly own: number;
  /** Mean log loss of the samples, without the prior. */
  readonly loss: number;
  /** Newton steps taken. */
  readonly steps: number;
}

/** Where a search begins: it ends at one optimum from anywhere, and sooner from nearby. */
export type LogisticStart = Pick<Logistic, 'coefficients' | 'intercept' | 'own'>;

const MOST_STEPS = 50;
/** A step that gains less than this share ends the search. */
const TOLERANCE = 1e-8;

/** Of the normal priors around 0: of every column, and of the feature that is each sample's own. */
export interface Precision {
  readonly columns: number;
  readonly own: number;
}

/** @param from 0 throughout when absent @throws BAD_INPUT */
export function fitLogistic(X: SparseMatrix, samples: readonly LogisticSample[], precision: Precision, from?: LogisticStart): Logistic {
  if (samples.length === 0) throw badInput('samples', 'A regression needs at least one sample; there is none.');
  for (const value of [precision.columns, precision.own]) if (!(value > 0)) throw badInput('precision', `precision must be above 0, not ${value}.`);
  const n = X.columns;
  let at = new Float64Array(n + 2);
  if (from) {
    at.set(from.coefficients);
    at.set([from.intercept, from.own], n);
  }
  let now = objective(X, samples, precision, at);
  let steps = 0;
  for (; steps < MOST_STEPS; steps++) {
    const step = newtonStep(X, samples, precision, at);
    let [moved, next] = [at, now];
    // The objective is convex; a full step may still overshoot far from its minimum.
    for (let share = 1; share > 1e-6; share /= 2) {
      moved = at.map((value, j) => value + share * step[j]!);
      next = objective(X, samples, precision, moved);
      if (next < now) break;
    }
    if (!(next < now)) break;
    const gain = now - next;
    [at, now] = [moved, next];
    if (gain < TOLERANCE * now) break;
  }
  const weight = samples.reduce((sum, sample) => sum + sample.weight, 0);
  return { coefficients: at.slice(0, n), intercept: at[n]!, own: at[n + 1]!, loss: objective(X, samples, { columns: 0, own: 0 }, at) / weight, steps };
}

function objective(X: SparseMatrix, samples: readonly LogisticSample[], precision: Precision, at: Float64Array): number {
  const n = X.columns;
  const scores = times(X, at);
  let sum = (precision.own / 2) * at[n + 1]! * at[n + 1]!;
  for (const { row, offset, scale, target, weight, own = 0 } of samples) {
    const z = offset + scale * scores[row]! + at[n]! + at[n + 1]! * own;
    sum += weight * logLossOfLogit(z, target);
  }
  for (let j = 0; j < n; j++) sum += (precision.columns / 2) * at[j]! * at[j]!;
  return sum;
}

/** Minus the inverse Hessian times the gradient. Curvature is summed by rows, so that a product costs the entries of X alone. */
function newtonStep(X: SparseMatrix, samples: readonly LogisticSample[], precision: Precision, at: Float64Array): Float64Array {
  const n = X.columns;
  const scores = times(X, at);
  // By row: gradient, curvature, and curvature together with the intercept and with what is the samples' own.
  const [slopes, bends, mixed, mixedOwn] = [new Float64Array(X.rows), new Float64Array(X.rows), new Float64Array(X.rows), new Float64Array(X.rows)];
  let [slope, slopeOwn, bend, bendBoth, bendOwn] = [0, 0, 0, 0, 0];
  for (const { row, offset, scale, target, weight, own = 0 } of samples) {
    const p = 1 / (1 + Math.exp(-(offset + scale * scores[row]! + at[n]! + at[n + 1]! * own)));
    const [first, second] = [weight * (p - target), weight * p * (1 - p)];
    slopes[row]! += scale * first;
    bends[row]! += scale * scale * second;
    mixed[row]! += scale * second;
    mixedOwn[row]! += scale * second * own;
    slope += first;
    slopeOwn += first * own;
    bend += second;
    bendBoth += second * own;
    bendOwn += second * own * own;
  }
  const downhill = new Float64Array(n + 2);
  transposeTimes(X, slopes, downhill);
  for (let j = 0; j < n; j++) downhill[j] = -(downhill[j]! + precision.columns * at[j]!);
  downhill[n] = -slope;
  downhill[n + 1] = -(slopeOwn + precision.own * at[n + 1]!);
  const image = new Float64Array(X.rows);
  const apply = (v: Float64Array, out: Float64Array): void => {
    times(X, v, image);
    const [c, d] = [v[n]!, v[n + 1]!];
    let sum = bend * c + bendBoth * d;
    let sumOwn = bendBoth * c + bendOwn * d;
    for (let i = 0; i < X.rows; i++) {
      sum += mixed[i]! * image[i]!;
      sumOwn += mixedOwn[i]! * image[i]!;
      image[i] = bends[i]! * image[i]! + mixed[i]! * c + mixedOwn[i]! * d;
    }
    transposeTimes(X, image, out);
    for (let j = 0; j < n; j++) out[j]! += precision.columns * v[j]!;
    out[n] = sum;
    out[n + 1] = sumOwn + precision.own * d;
  };
  return conjugateGradient(apply, downhill, 1e-6, 500).solution;
}

/** Of each sample, the log-odds by a fit. */
export function logitsOf(X: SparseMatrix, samples: readonly LogisticSample[], { coefficients, intercept, own: trust }: Logistic): number[] {
  const scores = times(X, coefficients);
  return samples.map(({ row, offset, scale, own = 0 }) => offset + scale * scores[row]! + intercept + trust * own);
}

/** Of each row, the curvature of its samples' loss in its score, at a fit. */
export function rowCurvatures(X: SparseMatrix, samples: readonly LogisticSample[], fit: Logistic): Float64Array {
  const bends = new Float64Array(X.rows);
  logitsOf(X, samples, fit).forEach((logit, i) => {
    const { row, scale, weight } = samples[i]!;
    const p = 1 / (1 + Math.exp(-logit));
    bends[row]! += scale * scale * weight * p * (1 - p);
  });
  return bends;
}
