import { fitRidge } from '../../baseline/ridge';
import { times, type SparseMatrix } from '../../baseline/sparse';

const STRENGTHS = [1, 10, 100, 1_000, 10_000];

/**
 * What a row's context adds to its reward whatever the action: ridge regression of residuals on context, its strength the one
 * that did best on every second of the fitted rows after fitting on the others.
 *
 * @param residuals rewards less what the actions explain, one per row of `context`
 * @param rows places of the rows to fit on, at least four
 * @returns the effect for every row of `context`
 */
export function contextEffects(context: SparseMatrix, residuals: Float64Array, rows: Uint32Array): Float64Array {
  const [half, other] = [rows.filter((_, place) => place % 2 === 0), rows.filter((_, place) => place % 2 === 1)];
  const held = rowsOf(context, other);
  let [best, least] = [STRENGTHS.at(-1)!, Infinity];
  for (const alpha of STRENGTHS) {
    const predicted = fit(context, residuals, half, alpha).predict(held);
    const error = predicted.reduce((sum, value, place) => sum + (value - residuals[other[place]!]!) ** 2, 0);
    if (error < least) [best, least] = [alpha, error];
  }
  const model = fit(context, residuals, rows, best);
  return times(context, model.coefficients).map((value) => value + model.intercept);
}

function fit(context: SparseMatrix, residuals: Float64Array, rows: Uint32Array, alpha: number) {
  return fitRidge(rowsOf(context, rows), Float64Array.from(rows, (row) => residuals[row]!), { alpha });
}

function rowsOf({ columns, starts, indices, values }: SparseMatrix, rows: Uint32Array): SparseMatrix {
  const [pickedIndices, pickedValues, pickedStarts] = [[] as number[], [] as number[], [0]];
  for (const row of rows) {
    for (let k = starts[row]!; k < starts[row + 1]!; k++) {
      pickedIndices.push(indices[k]!);
      pickedValues.push(values[k]!);
    }
    pickedStarts.push(pickedIndices.length);
  }
  return { rows: rows.length, columns, starts: Int32Array.from(pickedStarts), indices: Int32Array.from(pickedIndices), values: Float64Array.from(pickedValues) };
}
