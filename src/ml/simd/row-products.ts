import { kernels, scratch } from './vector-kernels';

/** Numbers of rows that are taken at a time: they and what comes of them stay in the nearest cache. */
const NUMBERS = 8_192;

/** The length that rows of a matrix must be filled up to with zeros. */
export const strideOf = (dimensions: number): number => (dimensions + 3) & ~3;

/**
 * Inner products of the query with each row of a matrix, in 32 bits, a block of rows at a time.
 * @param query float32 [stride]
 * @param matrix float32 [rows, stride] or longer; stride a multiple of 4
 * @returns blocks in order: the first row, and the products float32 [rows of the block], which live until the next block is asked for
 */
export function* rowProducts(query: Float32Array, matrix: Float32Array, rows: number): Generator<{ from: number; products: Float32Array }> {
  const stride = query.length;
  const most = Math.max(4, Math.floor(NUMBERS / stride) & ~3);
  const out = stride + most * stride;
  for (let from = 0; from < rows; from += most) {
    const count = Math.min(most, rows - from);
    const floats = scratch(4 * (out + most));
    floats.set(query, 0);
    floats.set(matrix.subarray(from * stride, (from + count) * stride), stride);
    // Rows are taken by four: up to three behind the last one are what was left there.
    const taken = (count + 3) & ~3;
    kernels.products(0, 4 * stride, 4 * stride, 4 * stride, 4 * (1 + taken) * stride, 4 * out);
    yield { from, products: floats.subarray(out, out + count) };
  }
}
