import { createRng } from '../../../src/base/rng';
import { quantiseColumns } from '../../../src/ml/precision/columns';
import { inWorker } from '../../support/in-worker';

type Floats = Float32Array;

/** y = x W + b in double precision. */
function reference(x: Floats, w: Floats, b: Floats, K: number, N: number): number[] {
  return Array.from({ length: (x.length / K) * N }, (_, i) => {
    const [m, n] = [Math.floor(i / N), i % N];
    let sum = b[n]!;
    for (let k = 0; k < K; k++) sum += x[m * K + k]! * w[k * N + n]!;
    return sum;
  });
}

/** The same with both sides rounded as the graph rounds them: sums of whole numbers, one scale for x, one per column of w. */
function quantisedReference(x: Floats, w: Floats, b: Floats, K: number, N: number): { y: number[]; step: number; scales: Floats } {
  const [low, high] = [Math.min(0, ...x), Math.max(0, ...x)];
  const step = (high - low) / 255;
  const zero = Math.round(-low / step);
  const xq = Array.from(x, (v) => Math.min(255, Math.max(0, Math.round(v / step) + zero)) - zero);
  const { data, scales } = quantiseColumns(w, K, N);
  const y = Array.from({ length: (x.length / K) * N }, (_, i) => {
    const [m, n] = [Math.floor(i / N), i % N];
    let sum = 0;
    for (let k = 0; k < K; k++) sum += xq[m * K + k]! * data[k * N + n]!;
    return sum * step * scales[n]! + b[n]!;
  });
  return { y, step, scales };
}

function product(seed: number): { x: Floats; w1: Floats; b1: Floats; K: number; N: number } {
  const rng = createRng(seed);
  const [M, K, N] = [1 + rng.int(9), 4 + rng.int(90), 16 + rng.int(40)];
  const normal = (size: number, by: number): Floats => Float32Array.from({ length: size }, () => by * rng.normal());
  return { x: normal(M * K, 10 ** (3 * rng.next() - 1)), w1: normal(K * N, 0.1), b1: normal(N, 1), K, N };
}

interface PlainAnswer {
  ranges: Map<string, { low: Floats; high: Floats }>;
  exact: Floats;
  dynamic: Floats;
  fixed: Floats;
  half: Floats;
}

describe('a product in 8 bits', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i + 1))('is the sum of whole numbers that the reference makes, and as near as their steps allow: %i', async (seed) => {
    const data = product(seed);
    const { x, w1, b1, K, N } = data;
    const { dynamic, fixed, half, exact, ranges } = await inWorker<PlainAnswer>('precision', { task: 'plain', ...data });
    const truth = reference(x, w1, b1, K, N);
    const { y, step, scales } = quantisedReference(x, w1, b1, K, N);
    truth.forEach((value, i) => {
      const [m, n] = [Math.floor(i / N), i % N];
      // |x W - x' W'| <= sum_k |x| dw + |w| dx + dx dw, with dx, dw half a step (one step for x, whose zero point is rounded too).
      let bound = 0;
      for (let k = 0; k < K; k++) {
        const [dx, dw] = [1.1 * step, 0.5 * scales[n]!];
        bound += Math.abs(x[m * K + k]!) * dw + Math.abs(w1[k * N + n]!) * dx + dx * dw;
      }
      expect(Math.abs(exact[i]! - value)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      expect(Math.abs(dynamic[i]! - value)).toBeLessThanOrEqual(bound + 1e-4);
      expect(Math.abs(fixed[i]! - value)).toBeLessThanOrEqual(bound + 1e-4);
    });
    // The runtime rounds halves to even: a few elements of x may fall on the other side.
    const off = Math.sqrt(y.reduce((sum, v, i) => sum + (v - dynamic[i]!) ** 2, 0) / y.reduce((sum, v) => sum + v * v, 0));
    expect(off).toBeLessThan(1e-3);
    const halfOff = Math.sqrt(truth.reduce((sum, v, i) => sum + (v - half[i]!) ** 2, 0) / truth.reduce((sum, v) => sum + v * v, 0));
    expect(halfOff).toBeLessThan(2e-3);
    const { low, high } = ranges.get('w1')!;
    for (let k = 0; k < K; k++) {
      const column = Array.from({ length: x.length / K }, (_, m) => x[m * K + k]!);
      expect([low[k], high[k]]).toEqual([Math.min(...column), Math.max(...column)]);
    }
  });
});

describe('products behind one normalisation', () => {
  const rng = createRng(3);
  const [M, K, N] = [64, 96, 48];
  const normal = (size: number, by: number): Floats => Float32Array.from({ length: size }, () => by * rng.normal());
  // Two channels dwarf the rest, as they do in trained language models.
  const gain = Float32Array.from({ length: K }, (_, k) => (k === 5 || k === 40 ? 30 : 1));
  const shift = Float32Array.from({ length: K }, (_, k) => (k === 5 ? -60 : 0.1 * k));
  const w1 = normal(K * N, 0.1).map((v, i) => ([5, 40].includes(Math.floor(i / N)) ? v / 30 : v));
  const data = { x: normal(M * K, 1), gain, shift, w1, b1: normal(N, 1), w2: normal(K * N, 0.1), K, N };
  type Answer = Record<'exact' | 'dynamic' | 'fixed' | 'half', { y1: Floats; y2: Floats; products: number }>;
  const off = (a: Floats, b: Floats): number => Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.length);

  it('keep their precision beside channels that dwarf the rest', async () => {
    const { exact, dynamic, fixed, half } = await inWorker<Answer>('precision', { task: 'chain', pattern: 'chain', ...data });
    expect(off(exact.y1, fixed.y1)).toBeLessThan(0.5 * off(exact.y1, dynamic.y1));
    expect(off(exact.y1, fixed.y1)).toBeLessThan(0.02 * Math.sqrt(exact.y1.reduce((sum, v) => sum + v * v, 0) / exact.y1.length));
    expect(off(exact.y2, half.y2)).toBeLessThan(1e-3 * Math.sqrt(exact.y2.reduce((sum, v) => sum + v * v, 0) / exact.y2.length));
  });
});

describe('columns of one matrix, and rows of one input', () => {
  it('are quantised as the whole would be', async () => {
    const rng = createRng(4);
    const [M, K, N] = [32, 64, 64];
    const normal = (size: number): Floats => Float32Array.from({ length: size }, () => rng.normal());
    const gain = Float32Array.from({ length: K }, (_, k) => (k === 9 ? 40 : 1));
    const w1 = normal(K * N).map((v, i) => (Math.floor(i / N) === 9 ? v / 40 : v));
    const { exact, dynamic, fixed } = await inWorker<Record<'exact' | 'dynamic' | 'fixed', { y1: Floats; y2: Floats; products: number }>>('precision', {
      task: 'chain', pattern: 'cut', x: normal(M * K), gain, shift: normal(K), w1, K, N,
    });
    const off = (a: Floats, b: Floats): number => Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.reduce((sum, v) => sum + v * v, 0));
    expect([exact.products, dynamic.products, fixed.products]).toEqual([0, 2, 2]);
    for (const y of ['y1', 'y2'] as const) {
      expect(off(exact[y], fixed[y])).toBeLessThan(0.02);
      expect(off(exact[y], fixed[y])).toBeLessThan(0.6 * off(exact[y], dynamic[y]));
    }
  });
});

describe('the ranker in fewer bits', () => {
  type Builds = Record<'exact' | 'dynamic' | 'fixed' | 'half' | 'coarse', { bytes: number; logits: Floats }>;
  let builds: Builds;
  beforeAll(async () => {
    builds = await inWorker<Builds>('precision', { task: 'ranker' });
  });
  const spread = (values: Floats): number => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  };
  const off = (name: keyof Builds): number => {
    const difference = builds[name].logits.map((v, i) => v - builds.exact.logits[i]!);
    return Math.max(...difference.map(Math.abs)) / spread(builds.exact.logits);
  };

  it('scores as float32 does, within a small share of how far scores lie apart', () => {
    expect(off('fixed')).toBeLessThan(0.1);
    expect(off('dynamic')).toBeLessThan(0.1);
    expect(off('half')).toBeLessThan(0.01);
    expect(off('fixed')).toBeGreaterThan(0);
  });

  it('loses its scores where weights have three values', () => {
    expect(off('coarse')).toBeGreaterThan(0.1);
  });

  it('is smaller', () => {
    expect(builds.half.bytes).toBeLessThan(0.6 * builds.exact.bytes);
    expect(builds.fixed.bytes).toBeLessThan(builds.exact.bytes);
  });
});
