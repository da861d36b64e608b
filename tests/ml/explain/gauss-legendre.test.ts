import { gaussLegendre } from '../../../src/ml/explain/gauss-legendre';

const integral = (n: number, f: (x: number) => number): number => {
  const { points, weights } = gaussLegendre(n);
  return points.reduce((sum, x, i) => sum + weights[i]! * f(x), 0);
};

describe('Gauss-Legendre quadrature on [0, 1]', () => {
  it('is exact for polynomials up to degree 2 n - 1, and not beyond', () => {
    for (const n of [1, 2, 5, 16]) {
      for (let degree = 0; degree < 2 * n; degree++) expect(integral(n, (x) => x ** degree)).toBeCloseTo(1 / (degree + 1), 12);
    }
    expect(Math.abs(integral(2, (x) => x ** 4) - 1 / 5)).toBeGreaterThan(1e-3);
  });

  it('has the points and weights of the tables', () => {
    const { points, weights } = gaussLegendre(3);
    const root = Math.sqrt(3 / 5) / 2;
    [0.5 - root, 0.5, 0.5 + root].forEach((x, i) => expect(points[i]).toBeCloseTo(x, 14));
    [5 / 18, 8 / 18, 5 / 18].forEach((w, i) => expect(weights[i]).toBeCloseTo(w, 14));
  });

  it('converges on a smooth curve, and stays within the interval, for many points', () => {
    expect(integral(256, (x) => 1 / (1 + Math.exp(-40 * (x - 0.3))))).toBeCloseTo(0.7 + (Math.log1p(Math.exp(-28)) - Math.log1p(Math.exp(-12))) / 40, 12);
    const { points, weights } = gaussLegendre(256);
    expect(points.every((x, i) => x > (points[i - 1] ?? 0) && x < 1)).toBe(true);
    expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12);
  });
});
