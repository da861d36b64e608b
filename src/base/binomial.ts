import type { Rng } from './rng';

/**
 * A draw of Binomial(n, p): exact, in time that does not grow with n. By waiting times where few successes are expected (Devroye 1986,
 * X.4.3), else by transformed rejection (Hormann 1993, "The generation of binomial random variates", algorithm BTRS).
 *
 * @param n whole, not negative @param p from 0 to 1
 */
export function binomial(rng: Rng, n: number, p: number): number {
  if (p > 0.5) return n - binomial(rng, n, 1 - p);
  if (n === 0 || p <= 0) return 0;
  return n * p < 12 ? byWaiting(rng, n, p) : byRejection(rng, n, p);
}

function byWaiting(rng: Rng, n: number, p: number): number {
  const scale = 1 / Math.log1p(-p);
  let successes = 0;
  for (let trial = gap(rng, scale); trial <= n; trial += gap(rng, scale)) successes++;
  return successes;
}

/** Trials up to and with the next success. */
function gap(rng: Rng, scale: number): number {
  return Math.floor(Math.log(1 - rng.next()) * scale) + 1;
}

function byRejection(rng: Rng, n: number, p: number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const odds = p / (1 - p);
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = rng.next() - 0.5;
    // A uniform of 0 would have no logarithm.
    const v = 1 - rng.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > n) continue;
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      ((n + 1) * Math.log((n - mode + 1) / (n - k + 1)) + (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1))) +
      (tail(mode) + tail(n - mode) - tail(k) - tail(n - k));
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

/** What Stirling's formula leaves of ln k!. */
function tail(k: number): number {
  const known = [0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.0207906721037650, 0.0166446911898211, 0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.0092554621827127, 0.0083305634333628];
  if (k < known.length) return known[k]!;
  const x = (k + 1) * (k + 1);
  return (1 / 12 - (1 / 360 - 1 / 1260 / x) / x) / (k + 1);
}
