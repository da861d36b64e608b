import fc from 'fast-check';
import { quantiseBlocks, ZERO } from '../../../src/ml/precision/blocks';

/** Scales are kept in 16 bits, and this is the least of them. */
const SMALLEST = 2 ** -24;

const matrix = fc
  .record({ K: fc.integer({ min: 1, max: 4 }).map((blocks) => blocks * 8), N: fc.integer({ min: 1, max: 6 }), transposed: fc.boolean() })
  .chain((shape) => fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: shape.K * shape.N, maxLength: shape.K * shape.N }).map((values) => ({ ...shape, weight: Float32Array.from(values) })));

describe('weights in blocks of 8 bits', () => {
  it('are off by no more than half a step of their block, whichever way they are stored', () => {
    fc.assert(fc.property(matrix, ({ K, N, transposed, weight }) => {
      const { data, scales } = quantiseBlocks(weight, K, N, { transposed, block: 8 });
      for (let n = 0; n < N; n++) {
        for (let k = 0; k < K; k++) {
          const scale = scales[n * (K / 8) + Math.floor(k / 8)]!;
          const value = weight[transposed ? n * K + k : k * N + n]!;
          expect(Math.abs((data[n * K + k]! - ZERO) * scale - value)).toBeLessThanOrEqual(0.51 * scale + SMALLEST * 128);
        }
      }
    }));
  });

  it('keep zeros zero, and a block of nothing but zeros a scale that is a number', () => {
    const { data, scales } = quantiseBlocks(new Float32Array(16), 8, 2, { transposed: false, block: 8 });
    expect([...data]).toEqual(Array.from({ length: 16 }, () => ZERO));
    expect(scales.every((scale) => scale > 0)).toBe(true);
  });

  it('must fill their blocks', () => {
    expect(() => quantiseBlocks(new Float32Array(20), 10, 2, { transposed: false, block: 8 })).toThrow(/in blocks of 8/);
  });
});
