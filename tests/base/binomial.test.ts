import { binomial } from '../../src/base/binomial';
import { createRng } from '../../src/base/rng';

/** P(X = k), by logarithms of factorials. */
function mass(n: number, p: number): number[] {
  const log = [0];
  for (let k = 1; k <= n; k++) log.push(log[k - 1]! + Math.log(k));
  return Array.from({ length: n + 1 }, (_, k) => Math.exp(log[n]! - log[k]! - log[n - k]! + k * Math.log(p) + (n - k) * Math.log1p(-p)));
}

test.each([
  [40, 0.02],
  [400, 0.02],
  [900, 0.02],
  [60, 0.4],
  [50, 0.9],
  [2_000, 0.3],
])('draws of Binomial(%d, %d) come as often as they should', (n, p) => {
  const rng = createRng(n);
  const draws = 100_000;
  const seen = new Float64Array(n + 1);
  for (let i = 0; i < draws; i++) seen[binomial(rng, n, p)]!++;
  // Pearson's chi-squared over the values that are expected ten times or more, the rest as one.
  let [squares, cells, rest, restSeen] = [0, 0, 0, 0];
  mass(n, p).forEach((q, k) => {
    if (q * draws < 10) {
      rest += q * draws;
      restSeen += seen[k]!;
      return;
    }
    squares += (seen[k]! - q * draws) ** 2 / (q * draws);
    cells++;
  });
  squares += (restSeen - rest) ** 2 / Math.max(rest, 10);
  expect(squares).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
});

test('what is certain is not drawn', () => {
  const rng = createRng(1);
  expect([binomial(rng, 0, 0.5), binomial(rng, 10, 0), binomial(rng, 10, 1)]).toEqual([0, 0, 10]);
});
