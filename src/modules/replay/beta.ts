import type { Rng } from '../../base/rng';

/** A draw of Beta(a, b) from two gammas (Marsaglia and Tsang 2000, "A simple method for generating gamma variables"). */
export function beta(rng: Rng, a: number, b: number): number {
  const [x, y] = [gamma(rng, a), gamma(rng, b)];
  // Of shapes near 0 both are too small for a number; the draw is then 0 or 1.
  return x + y > 0 ? x / (x + y) : rng.next() * (a + b) < a ? 1 : 0;
}

function gamma(rng: Rng, shape: number): number {
  if (shape < 1) return gamma(rng, shape + 1) * (1 - rng.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - rng.next()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}
