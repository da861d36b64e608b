import { createReadStream } from 'node:fs';
import { AdloomError, badInput, isAdloomError, messageOf } from '../../base/errors';
import type { ColumnMap } from '../imports/column-map';
import { rowBatches } from '../imports/row-source';

export interface CsvColumns<C extends string> {
  /** What columns are named in this file, where not as asked for. */
  readonly map?: ColumnMap;
  /** Columns that a file need not have: blank then. */
  readonly optional?: readonly C[];
}

/** All rows of a CSV file by column name; the named columns must be there, and every row readable. For data sets that fit in memory. */
export async function readCsv<C extends string>(file: string, columns: readonly C[], { map, optional = [] }: CsvColumns<C> = {}): Promise<Record<C, string>[]> {
  const unknown = Object.keys(map ?? {}).find((field) => !columns.some((column) => column === field));
  if (unknown !== undefined) throw badInput('map', `There is no field ${JSON.stringify(unknown)} to map to.`, `Fields: ${columns.join(', ')}.`);
  const nameOf = (column: C): string => map?.[column] ?? column;
  const wrong = (what: string, hint?: string, cause?: unknown): AdloomError => new AdloomError('BAD_INPUT', `${file} ${what}`, { field: file, hint, cause });
  const onColumns = (found: readonly string[]): void => {
    const missing = columns.find((column) => !found.includes(nameOf(column)) && !(optional.includes(column) && map?.[column] === undefined));
    if (missing !== undefined) throw wrong(`needs a column ${nameOf(missing)}; it has ${found.join(', ').slice(0, 300)}.`, map && `Name the column with --map ${missing}=<column>.`);
  };
  const rows: Record<C, string>[] = [];
  try {
    for await (const batch of rowBatches(createReadStream(file), 'csv', { onColumns })) {
      for (const { line, values, problem } of batch) {
        // A data set with holes would give other figures without a word.
        if (problem !== null) throw wrong(`is not valid CSV: line ${line}: ${problem}.`);
        rows.push(Object.fromEntries(columns.map((column) => [column, (values.get(nameOf(column)) as string | undefined) ?? ''])) as Record<C, string>);
      }
    }
  } catch (cause) {
    if (isAdloomError(cause)) throw cause.field === file ? cause : wrong(`is not valid CSV: ${cause.message}`, undefined, cause);
    throw wrong(`cannot be read: ${messageOf(cause)}`, 'Give the folder that holds the data sets.', cause);
  }
  return rows;
}
