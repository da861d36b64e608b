import { createRng } from '../../../src/base/rng';
import { quantiseColumns } from '../../../src/ml/precision/columns';

describe('weights in 8 bits', () => {
  const rng = createRng(11);
  const cases = Array.from({ length: 60 }, (_, i) => {
    const [K, N] = [1 + rng.int(40), 1 + rng.int(20)];
    // From tiny to huge, a column of zeros now and then.
    const sizes = Array.from({ length: N }, () => (rng.next() < 0.1 ? 0 : 10 ** (6 * rng.next() - 3)));
    return { i, K, N, levels: [127, 127, 15, 1][i % 4]!, data: Float32Array.from({ length: K * N }, (_, at) => sizes[at % N]! * rng.normal()) };
  });

  it.each(cases)('are off by no more than half a step of their column: matrix $i of $K x $N in $levels levels', ({ K, N, levels, data }) => {
    const { data: steps, scales } = quantiseColumns(data, K, N, levels);
    for (let n = 0; n < N; n++) {
      const column = Array.from({ length: K }, (_, k) => data[k * N + n]!);
      const largest = Math.max(...column.map(Math.abs));
      expect(scales[n]).toBeGreaterThan(0);
      column.forEach((v, k) => {
        const step = steps[k * N + n]!;
        expect(Math.abs(step)).toBeLessThanOrEqual(levels);
        expect(Math.abs(step * scales[n]! - v)).toBeLessThanOrEqual((0.5 + 1e-4) * (largest / levels));
      });
      // The largest uses all levels: no precision is given away.
      if (largest > 0) expect(Math.max(...column.map((_, k) => Math.abs(steps[k * N + n]!)))).toBe(levels);
    }
  });

  it('keep a weight and its opposite opposites', () => {
    const [a, b] = [quantiseColumns(Float32Array.of(0.3, -1.2, 0.01, 0.5), 2, 2), quantiseColumns(Float32Array.of(-0.3, 1.2, -0.01, -0.5), 2, 2)];
    expect(Array.from(a.data)).toEqual(Array.from(b.data, (v) => 0 - v));
    expect(a.scales).toEqual(b.scales);
  });

  it('must be as many as their shape says', () => {
    expect(() => quantiseColumns(new Float32Array(5), 2, 3)).toThrow(/\[2, 3\] got 5/);
  });
});
