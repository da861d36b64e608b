import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { AdloomError, messageOf } from '../../base/errors';

/** All rows of a CSV file by column name; the named columns must be there. For data sets that fit in memory. */
export async function readCsv<C extends string>(file: string, columns: readonly C[]): Promise<Record<C, string>[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new AdloomError('BAD_INPUT', `${file} cannot be read: ${messageOf(cause)}`, { field: file, hint: 'Give the folder that holds the data sets.', cause });
  }
  let rows: Record<C, string>[];
  try {
    rows = parse(text, { columns: true, bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true }) as Record<C, string>[];
  } catch (cause) {
    throw new AdloomError('BAD_INPUT', `${file} is not valid CSV: ${messageOf(cause)}`, { field: file, cause });
  }
  for (const column of columns) {
    if (rows[0] && !(column in rows[0])) {
      throw new AdloomError('BAD_INPUT', `${file} needs a column ${column}; it has ${Object.keys(rows[0]).join(', ')}.`, { field: file });
    }
  }
  return rows;
}
