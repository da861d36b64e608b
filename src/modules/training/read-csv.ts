import { createReadStream } from 'node:fs';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import { rowBatches } from '../imports/row-source';

/** All rows of a CSV file by column name; the named columns must be there, and every row readable. For data sets that fit in memory. */
export async function readCsv<C extends string>(file: string, columns: readonly C[]): Promise<Record<C, string>[]> {
  const wrong = (what: string, hint?: string, cause?: unknown): AdloomError => new AdloomError('BAD_INPUT', `${file} ${what}`, { field: file, hint, cause });
  const onColumns = (found: readonly string[]): void => {
    const missing = columns.find((column) => !found.includes(column));
    if (missing !== undefined) throw wrong(`needs a column ${missing}; it has ${found.join(', ')}.`);
  };
  const rows: Record<C, string>[] = [];
  try {
    for await (const batch of rowBatches(createReadStream(file), 'csv', { onColumns })) {
      for (const { line, values, problem } of batch) {
        // A data set with holes would give other figures without a word.
        if (problem !== null) throw wrong(`is not valid CSV: line ${line}: ${problem}.`);
        rows.push(Object.fromEntries(columns.map((column) => [column, values.get(column) as string])) as Record<C, string>);
      }
    }
  } catch (cause) {
    if (isAdloomError(cause)) throw cause.field === file ? cause : wrong(`is not valid CSV: ${cause.message}`, undefined, cause);
    throw wrong(`cannot be read: ${messageOf(cause)}`, 'Give the folder that holds the data sets.', cause);
  }
  return rows;
}
