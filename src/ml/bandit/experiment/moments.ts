import { badInput } from '../../../base/errors';
import { checkCount, checkFinite } from './checks';

/**
 * Sums over units (people, decisions) of some variables: all that means, variances and covariances need, so that a database
 * can make them. D variables: `sums` (D), `products` (D, D), with `products[i][j]` = sum of x_i x_j.
 */
export interface Moments {
  readonly n: number;
  readonly sums: readonly number[];
  readonly products: readonly (readonly number[])[];
}

/** Moments of rows, one row per unit, each of D numbers. */
export function momentsOf(rows: readonly (readonly number[])[]): Moments {
  const d = rows[0]?.length ?? 0;
  const sums = Array.from({ length: d }, () => 0);
  const products = sums.map(() => Array.from({ length: d }, () => 0));
  for (const row of rows) {
    for (let i = 0; i < d; i++) {
      sums[i]! += row[i]!;
      for (let j = 0; j < d; j++) products[i]![j]! += row[i]! * row[j]!;
    }
  }
  return { n: rows.length, sums, products };
}

/** Moments of both together. */
export function addMoments(a: Moments, b: Moments): Moments {
  return {
    n: a.n + b.n,
    sums: a.sums.map((sum, i) => sum + b.sums[i]!),
    products: a.products.map((row, i) => row.map((product, j) => product + b.products[i]![j]!)),
  };
}

/** @throws BAD_INPUT where the numbers cannot be moments of `size` variables. */
export function checkMoments(field: string, moments: Moments, size: number): void {
  checkCount(`${field}.n`, moments.n);
  if (moments.sums.length !== size || moments.products.length !== size || moments.products.some((row) => row.length !== size)) {
    throw badInput(field, `${field} must hold the sums of ${size} variables and of their ${size} x ${size} products.`);
  }
  moments.sums.forEach((sum, i) => checkFinite(`${field}.sums.${i}`, sum));
  moments.products.forEach((row, i) => row.forEach((product, j) => checkFinite(`${field}.products.${i}.${j}`, product)));
  for (let i = 0; i < size; i++) {
    // Cauchy and Schwarz, with room for rounding.
    if (moments.sums[i]! ** 2 > moments.n * moments.products[i]![i]! * (1 + 1e-9) + 1e-300) {
      throw badInput(field, `${field}: a sum of squares of ${moments.products[i]![i]} is too small for ${moments.n} units that sum to ${moments.sums[i]}.`);
    }
  }
}

/** The mean of the combination sum_i w_i x_i. */
export function meanOf(moments: Moments, weights: readonly number[]): number {
  return dot(moments.sums, weights) / moments.n;
}

/** The sample covariance of two combinations of the variables; 0 for fewer than two units. */
export function covarianceOf(moments: Moments, a: readonly number[], b: readonly number[]): number {
  const { n, sums, products } = moments;
  if (n < 2) return 0;
  const product = a.reduce((total, weight, i) => total + weight * dot(products[i]!, b), 0);
  return (product - (dot(sums, a) * dot(sums, b)) / n) / (n - 1);
}

/** The sample variance of a combination, never below 0. */
export function varianceOf(moments: Moments, weights: readonly number[]): number {
  return Math.max(0, covarianceOf(moments, weights, weights));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, each, i) => total + each * b[i]!, 0);
}
