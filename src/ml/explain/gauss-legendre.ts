/** Gauss-Legendre quadrature: the points and weights that integrate polynomials up to degree 2 n - 1 exactly. */

export interface Quadrature {
  /** Ascending, within (0, 1). */
  readonly points: Float64Array;
  /** Of sum 1. */
  readonly weights: Float64Array;
}

/**
 * On [0, 1], by Newton's method on the roots of the Legendre polynomial (Press et al. 2007, "Numerical Recipes", 4.6.1).
 * @param n number of points, at least 1
 */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let [before, now] = [1, x];
      for (let k = 2; k <= n; k++) [before, now] = [now, ((2 * k - 1) * x * now - (k - 1) * before) / k];
      slope = (n * (x * now - before)) / (x * x - 1);
      const move = now / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    points[i] = (1 + x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}
