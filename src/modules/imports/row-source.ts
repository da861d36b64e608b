import { badInput, messageOf } from '../../base/errors';
import { CsvRecords, type CsvRecord } from './csv-records';
import { lineBatches } from './lines';
import { unpacked } from './unpacked';

export const FILE_FORMATS = ['csv', 'jsonl'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** One row by column name (CSV) or by path (`consent.personalisation` of a JSON object); or why it cannot be read. */
export interface RawRow {
  readonly line: number;
  readonly values: ReadonlyMap<string, unknown>;
  readonly problem: string | null;
}

/** What rows can be read from: chunks of a file or of standard input. */
export type ByteSource = AsyncIterable<Buffer | string>;

export function formatOf(path: string): FileFormat | null {
  if (/\.(?:csv|tsv|txt)(?:\.gz)?$/i.test(path)) return 'csv';
  if (/\.(?:jsonl|ndjson)(?:\.gz)?$/i.test(path)) return 'jsonl';
  return null;
}

/**
 * Rows in batches, of a file that may be packed with gzip. `columns` is told once, before the first row, for CSV: a file without the
 * wanted columns is refused at once. What stands between cells is told by the line of their names, unless given.
 */
export async function* rowBatches(
  source: ByteSource,
  format: FileFormat,
  options: { delimiter?: string; onColumns?: (columns: readonly string[]) => void } = {},
): AsyncGenerator<RawRow[]> {
  if (format === 'jsonl') yield* jsonRows(unpacked(source));
  else yield* csvRows(unpacked(source), options.delimiter, options.onColumns ?? (() => undefined));
}

async function* jsonRows(source: ByteSource): AsyncGenerator<RawRow[]> {
  for await (const lines of lineBatches(source)) {
    const rows: RawRow[] = [];
    for (const line of lines) {
      const text = line.number === 1 ? withoutMark(line.text) : line.text;
      if (line.problem === null && text.trim() === '') continue;
      rows.push(line.problem === null ? jsonRow(line.number, text) : unreadable(line.number, line.problem));
    }
    yield rows;
  }
}

function jsonRow(line: number, text: string): RawRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return unreadable(line, `not JSON: ${messageOf(error).slice(0, 120)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unreadable(line, 'not a JSON object: a line is one {"name": value, ...}');
  const values = new Map<string, unknown>();
  flatten(value, '', values, 0);
  return { line, values, problem: null };
}

function flatten(value: object, prefix: string, into: Map<string, unknown>, depth: number): void {
  for (const [name, child] of Object.entries(value)) {
    if (typeof child === 'object' && child !== null && !Array.isArray(child) && depth < 4) flatten(child as object, `${prefix}${name}.`, into, depth + 1);
    else into.set(prefix + name, child);
  }
}

async function* csvRows(source: ByteSource, delimiter: string | undefined, onColumns: (columns: readonly string[]) => void): AsyncGenerator<RawRow[]> {
  let records: CsvRecords | null = null;
  let columns: readonly string[] | null = null;
  const rowsOf = (found: CsvRecord[]): RawRow[] => {
    let body = found;
    if (columns === null && found.length > 0) {
      columns = headerOf(found[0]!);
      onColumns(columns);
      body = found.slice(1);
    }
    return body.map((record) => csvRow(record, columns!));
  };
  for await (const lines of lineBatches(source)) {
    const first = lines[0];
    records ??= new CsvRecords(delimiter ?? delimiterOf(lines.find(({ text }) => text.trim() !== '')?.text ?? ''));
    yield rowsOf(records.push(first?.number === 1 ? [{ ...first, text: withoutMark(first.text) }, ...lines.slice(1)] : lines));
  }
  if (records !== null) yield rowsOf(records.end());
  if (columns === null) throw badInput('line 1', 'The file is empty: a CSV file begins with a line of column names.');
}

/** The first of these that the line of column names has outside quotes. */
function delimiterOf(names: string): string {
  const bare = names.replaceAll(/"[^"]*"/g, '');
  return [',', '\t', ';'].find((character) => bare.includes(character)) ?? ',';
}

function headerOf(record: CsvRecord): readonly string[] {
  if (record.problem !== null) throw badInput(`line ${record.line}`, `The line of column names cannot be read: ${record.problem}.`);
  const columns = record.cells.map((cell) => cell.trim());
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw badInput(`line ${record.line}`, `Two columns are named ${JSON.stringify(twice)}.`, 'Rename one of them.');
  return columns;
}

function csvRow(record: CsvRecord, columns: readonly string[]): RawRow {
  if (record.problem !== null) return unreadable(record.line, record.problem);
  if (record.cells.length !== columns.length) {
    return unreadable(record.line, `${record.cells.length} cells where the first line names ${columns.length} columns`);
  }
  return { line: record.line, values: new Map(columns.map((name, index) => [name, record.cells[index]])), problem: null };
}

function unreadable(line: number, problem: string): RawRow {
  return { line, values: new Map(), problem };
}

/** Spreadsheets put a byte order mark first. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
