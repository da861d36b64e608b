/** A sparse matrix of documents by features in compressed rows: row i holds entries `starts[i]` to `starts[i + 1]`. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** X v: [columns] -> [rows]. */
export function times(X: SparseMatrix, v: Float64Array, out: Float64Array = new Float64Array(X.rows)): Float64Array {
  const { starts, indices, values } = X;
  for (let i = 0; i < X.rows; i++) {
    let sum = 0;
    for (let k = starts[i]!; k < starts[i + 1]!; k++) sum += values[k]! * v[indices[k]!]!;
    out[i] = sum;
  }
  return out;
}

/** X^T v: [rows] -> [columns]. */
export function transposeTimes(X: SparseMatrix, v: Float64Array, out: Float64Array = new Float64Array(X.columns)): Float64Array {
  const { starts, indices, values } = X;
  out.fill(0);
  for (let i = 0; i < X.rows; i++) {
    const factor = v[i]!;
    if (factor === 0) continue;
    for (let k = starts[i]!; k < starts[i + 1]!; k++) out[indices[k]!]! += values[k]! * factor;
  }
  return out;
}

/** The rows of each matrix side by side. All must have the same number of rows. */
export function beside(left: SparseMatrix, right: SparseMatrix): SparseMatrix {
  const starts = new Int32Array(left.rows + 1);
  const indices = new Int32Array(left.indices.length + right.indices.length);
  const values = new Float64Array(indices.length);
  let place = 0;
  for (let i = 0; i < left.rows; i++) {
    for (const [matrix, shift] of [[left, 0], [right, left.columns]] as const) {
      for (let k = matrix.starts[i]!; k < matrix.starts[i + 1]!; k++) {
        indices[place] = matrix.indices[k]! + shift;
        values[place++] = matrix.values[k]!;
      }
    }
    starts[i + 1] = place;
  }
  return { rows: left.rows, columns: left.columns + right.columns, starts, indices, values };
}
