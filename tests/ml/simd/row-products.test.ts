import fc from 'fast-check';
import { rowProducts, strideOf } from '../../../src/ml/simd/row-products';

const small = fc.integer({ min: -8, max: 8 });

/** The matrix filled up as it must be, and longer than its rows, with numbers behind them that must not count. */
function matrixOf(rows: readonly (readonly number[])[], dimensions: number): Float32Array {
  const stride = strideOf(dimensions);
  const matrix = new Float32Array((rows.length + 3) * stride).fill(NaN);
  rows.forEach((row, r) => matrix.set(Float32Array.from({ length: stride }, (_, i) => row[i] ?? 0), r * stride));
  return matrix;
}

function productsOf(query: readonly number[], rows: readonly (readonly number[])[]): number[] {
  const padded = Float32Array.from({ length: strideOf(query.length) }, (_, i) => query[i] ?? 0);
  const out: number[] = [];
  for (const { from, products } of rowProducts(padded, matrixOf(rows, query.length), rows.length)) {
    expect(from).toBe(out.length);
    out.push(...products);
  }
  return out;
}

const plain = (query: readonly number[], rows: readonly (readonly number[])[]): number[] => rows.map((row) => row.reduce((sum, value, i) => sum + value * query[i]!, 0));

describe('inner products of rows', () => {
  it('are those of a plain loop, of any number of rows and numbers', () => {
    const question = fc.integer({ min: 1, max: 40 }).chain((D) => {
      const row = fc.array(small, { minLength: D, maxLength: D });
      return fc.tuple(row, fc.array(row, { maxLength: 30 }));
    });
    // Whole numbers add up alike in any order; 0 and -0 are the same product.
    fc.assert(fc.property(question, ([query, rows]) => expect(productsOf(query, rows).map((x) => x + 0)).toEqual(plain(query, rows).map((x) => x + 0))), { numRuns: 300 });
  });

  it('go on from block to block, and take a row that is longer than a block', () => {
    for (const [rows, dimensions] of [[1003, 34], [5, 9000]] as const) {
      const query = Array.from({ length: dimensions }, (_, i) => (i % 5) - 2);
      const many = Array.from({ length: rows }, (_, r) => Array.from({ length: dimensions }, (__, i) => ((r + i) % 7) - 3));
      expect(productsOf(query, many)).toEqual(plain(query, many));
    }
  });
});
