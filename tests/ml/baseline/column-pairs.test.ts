import fc from 'fast-check';
import { withPairs } from '../../../src/ml/baseline/column-pairs';
import type { SparseMatrix } from '../../../src/ml/baseline/sparse';

const COLUMNS = 6;
/** Rows as full lists; 0 stands nowhere. */
const matrix = (rows: readonly (readonly number[])[]): SparseMatrix => {
  const entries = rows.map((row) => row.flatMap((value, j) => (value === 0 ? [] : [[j, value] as const])));
  const starts = new Int32Array(rows.length + 1);
  entries.forEach((of, i) => (starts[i + 1] = starts[i]! + of.length));
  return { rows: rows.length, columns: COLUMNS, starts, indices: Int32Array.from(entries.flat(), ([j]) => j), values: Float64Array.from(entries.flat(), ([, value]) => value) };
};
const dense = ({ rows, columns, starts, indices, values }: SparseMatrix): number[][] =>
  Array.from({ length: rows }, (_, i) => {
    const row = Array.from({ length: columns }, () => 0);
    for (let k = starts[i]!; k < starts[i + 1]!; k++) row[indices[k]!]! += values[k]!;
    return row;
  });
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, j) => sum + value * b[j]!, 0);
const someRows = fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: COLUMNS, maxLength: COLUMNS }), { minLength: 1, maxLength: 6 });

describe('pairs of columns', () => {
  it('stand behind the columns, and say between them what the quadratic kernel does beside the columns\' own squares', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const { X, pairs } = withPairs(matrix(rows), Array.from({ length: COLUMNS }, (_, j) => j));
        const both = dense(X);
        expect(X.columns).toBe(COLUMNS + pairs.length);
        both.forEach((row, i) => expect(row.slice(0, COLUMNS)).toEqual(rows[i]));
        rows.forEach((a, i) => rows.forEach((b, k) => {
          const squares = dot(a.map((value) => value * value), b.map((value) => value * value));
          expect(dot(both[i]!.slice(COLUMNS), both[k]!.slice(COLUMNS))).toBeCloseTo(dot(a, b) ** 2 - squares, 9);
        }));
      }),
    );
  });

  it('are of the columns that may be paired alone, each pair once, the first before the second', () => {
    const { pairs } = withPairs(matrix([[1, 1, 0, 1, 0, 0], [0, 1, 0, 1, 1, 0], [1, 1, 0, 0, 0, 1]]), [5, 3, 1]);
    expect(pairs).toEqual([[1, 3], [1, 5]]);
  });
});
