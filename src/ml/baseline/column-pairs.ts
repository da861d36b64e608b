import { beside, type SparseMatrix } from './sparse';

/** Two columns, the first before the second, and what their product counts. */
export interface ColumnPair {
  readonly first: number;
  readonly second: number;
  readonly coefficient: number;
}

/** Columns of products, behind those that they are products of. */
export interface WithPairs {
  readonly X: SparseMatrix;
  readonly pairs: readonly (readonly [first: number, second: number])[];
}

/**
 * For what two columns say together beside what each says: the products of any two that stand in one row, times the root of two. Where each
 * column has a normal prior of variance 1, so has what their products say the one of the quadratic kernel (Rasmussen and Williams 2006, section
 * 4.2.2): pairs of columns that hardly count can hardly count.
 * @param among columns that may be paired
 */
export function withPairs(X: SparseMatrix, among: readonly number[]): WithPairs {
  const paired = new Set(among);
  const places = new Map<string, number>();
  const pairs: [number, number][] = [];
  const starts = new Int32Array(X.rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < X.rows; i++) {
    const own = entriesOf(X, i).filter(({ column }) => paired.has(column)).toSorted((a, b) => a.column - b.column);
    own.forEach((a, at) => {
      for (const b of own.slice(at + 1)) {
        const key = `${a.column} ${b.column}`;
        const place = places.get(key) ?? pairs.push([a.column, b.column]) - 1;
        places.set(key, place);
        indices.push(place);
        values.push(Math.SQRT2 * a.value * b.value);
      }
    });
    starts[i + 1] = indices.length;
  }
  const products: SparseMatrix = { rows: X.rows, columns: pairs.length, starts, indices: Int32Array.from(indices), values: Float64Array.from(values) };
  return { X: beside(X, products), pairs };
}

function entriesOf({ starts, indices, values }: SparseMatrix, row: number): { column: number; value: number }[] {
  return Array.from({ length: starts[row + 1]! - starts[row]! }, (_, k) => ({ column: indices[starts[row]! + k]!, value: values[starts[row]! + k]! }));
}
