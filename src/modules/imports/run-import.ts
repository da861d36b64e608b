import { AdloomError, badInput, isAdloomError } from '../../base/errors';
import { resolveColumns, type ColumnMap, type FieldSpec } from './column-map';
import { RejectsFile } from './rejects-file';
import { Row } from './row';
import { rowBatches, type ByteSource, type FileFormat } from './row-source';

/** What one kind of import must say: its fields, how a row becomes a record, how a batch of records is stored. */
export interface ImportPlan<T> {
  readonly fields: readonly FieldSpec[];
  /** Reads a row; problems go to the row, and then the record is not used. */
  parse(row: Row): T;
  /** Stores a batch, all or nothing. */
  write(batch: readonly Numbered<T>[]): Promise<BatchResult>;
}

export interface Numbered<T> {
  readonly line: number;
  readonly record: T;
}

export interface BatchResult {
  readonly imported: number;
  /** Rows that were there already, just so. */
  readonly unchanged: number;
  readonly rejects?: readonly { line: number; reason: string }[];
}

export interface ImportProgress {
  readonly rows: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly rejected: number;
}

export interface ImportReport extends ImportProgress {
  /** Null when every row was good. */
  readonly rejectsFile: string | null;
}

export interface ImportInput {
  readonly source: ByteSource;
  readonly format: FileFormat;
  readonly delimiter?: string;
  readonly map?: ColumnMap;
  /** Where rejected rows go. */
  readonly rejectsPath: string;
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

const BATCH = 1_000;

/**
 * Reads rows as they arrive and stores them in batches, each in a transaction: memory does not grow with the file, and after an
 * interruption every row is either stored or not. Bad rows are set aside; running the import again changes nothing.
 */
export async function runImport<T>(plan: ImportPlan<T>, input: ImportInput): Promise<ImportReport> {
  const rejects = new RejectsFile(input.rejectsPath);
  const size = input.batchSize ?? BATCH;
  let columns = resolveColumns(plan.fields, input.map ?? {}, null, input.format);
  let rows = 0;
  let imported = 0;
  let unchanged = 0;
  let batch: Numbered<T>[] = [];
  const progress = (): ImportProgress => ({ rows, imported, unchanged, rejected: rejects.count });
  const flush = async (): Promise<void> => {
    stopIfAborted(input.signal, imported);
    if (batch.length === 0) return;
    const result = await plan.write(batch);
    imported += result.imported;
    unchanged += result.unchanged;
    await rejects.add(result.rejects ?? []);
    batch = [];
    input.onProgress?.(progress());
  };
  const onColumns = (names: readonly string[]): void => {
    columns = resolveColumns(plan.fields, input.map ?? {}, names, input.format);
  };
  try {
    for await (const raws of rowBatches(input.source, input.format, { delimiter: input.delimiter, onColumns })) {
      const bad: { line: number; reason: string }[] = [];
      for (const raw of raws) {
        rows++;
        const row = new Row(raw, (field) => columns.get(field));
        const record = raw.problem === null ? plan.parse(row) : undefined;
        const problem = raw.problem ?? row.problem();
        if (problem !== null) bad.push({ line: raw.line, reason: problem });
        else batch.push({ line: raw.line, record: record as T });
        if (batch.length >= size) await flush();
      }
      await rejects.add(bad);
    }
    await flush();
  } catch (error) {
    await rejects.close().catch(() => undefined);
    throw isAdloomError(error) ? error : explainReadError(error);
  }
  const rejectsFile = await rejects.close();
  const report = { ...progress(), rejectsFile };
  input.onProgress?.(report);
  return report;
}

function stopIfAborted(signal: AbortSignal | undefined, imported: number): void {
  if (signal?.aborted) {
    throw new AdloomError('CANCELLED', `Interrupted; ${imported} rows are imported.`, { hint: 'Run the import again to go on: rows that are there stay as they are.' });
  }
}

function explainReadError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT') return badInput('file', `There is no file ${(error as NodeJS.ErrnoException).path}.`);
  if (code === 'EISDIR') return badInput('file', 'That is a directory, not a file.');
  if (code === 'EACCES') return badInput('file', `The file ${(error as NodeJS.ErrnoException).path} may not be read by this user.`);
  return error;
}
