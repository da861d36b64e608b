import type { SparseMatrix } from './sparse';

/** Cosine of two rows: x . y / (|x| |y|); 0 where either is empty. Rows may be of two matrices with the same columns. */
export function cosine(X: SparseMatrix, i: number, Y: SparseMatrix, j: number): number {
  const row = new Map<number, number>();
  let xx = 0;
  for (let k = X.starts[i]!; k < X.starts[i + 1]!; k++) {
    row.set(X.indices[k]!, X.values[k]!);
    xx += X.values[k]! ** 2;
  }
  let yy = 0;
  let xy = 0;
  for (let k = Y.starts[j]!; k < Y.starts[j + 1]!; k++) {
    yy += Y.values[k]! ** 2;
    xy += (row.get(Y.indices[k]!) ?? 0) * Y.values[k]!;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

/**
 * How near each candidate is to what a person saw before: the cosine of the candidate and the history as one text. The
 * profile-aware yardstick for rankers.
 */
export function similarityToHistory(
  model: { transform(texts: readonly string[]): SparseMatrix },
  history: readonly string[],
  candidates: readonly string[],
): number[] {
  const past = model.transform([history.join(' ')]);
  const offered = model.transform(candidates);
  return candidates.map((_, j) => cosine(past, 0, offered, j));
}
