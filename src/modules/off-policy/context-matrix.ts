import { badInput } from '../../base/errors';
import type { SparseMatrix } from '../../ml/baseline/sparse';

/** Values of one column that are told apart; more would be a name for every row, which nothing is learned from. */
const MOST_VALUES = 1_000;

/**
 * Cells as features: a column of numbers alone becomes one feature of mean 0 and variance 1, any other column one feature per
 * value. @throws BAD_INPUT when a column of text has too many values.
 */
export function contextMatrix(cells: readonly (readonly string[])[], names: readonly string[]): SparseMatrix {
  let columns = 0;
  const encoders = names.map((name, c) => {
    const numbers = cells.map((row) => (row[c] === '' ? Number.NaN : Number(row[c])));
    if (numbers.every(Number.isFinite)) {
      const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
      const deviation = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length) || 1;
      const place = columns++;
      return (row: number): [number, number] => [place, (numbers[row]! - mean) / deviation];
    }
    const places = new Map<string, number>();
    for (const row of cells) if (!places.has(row[c]!)) places.set(row[c]!, columns + places.size);
    if (places.size > MOST_VALUES) throw badInput('context', `The context column ${JSON.stringify(name)} has ${places.size} different texts; at most ${MOST_VALUES} can be told apart.`, 'Leave it out of --context.');
    columns += places.size;
    return (row: number): [number, number] => [places.get(cells[row]![c]!)!, 1];
  });
  const entries = cells.flatMap((_, row) => encoders.map((encode) => encode(row)));
  return {
    rows: cells.length,
    columns,
    starts: Int32Array.from({ length: cells.length + 1 }, (_, row) => row * names.length),
    indices: Int32Array.from(entries, ([place]) => place),
    values: Float64Array.from(entries, ([, value]) => value),
  };
}
