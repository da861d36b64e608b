import { parse } from 'csv-parse/sync';
import { messageOf } from '../../base/errors';
import type { Line } from './lines';

/** The cells of one record, or why it has none. */
export interface CsvRecord {
  /** Of the record's first line. */
  readonly line: number;
  readonly cells: readonly string[];
  readonly problem: string | null;
}

/** A quoted cell may hold line breaks, but one that runs on for longer was never closed. */
const LONGEST_RECORD_LINES = 400;

/**
 * Groups lines into records and reads their cells. A streaming parser gives up the rest of a file at a stray quote; here the
 * line with the quote is rejected and reading goes on with the next, so that one slip costs one row.
 */
export class CsvRecords {
  private open: Line[] = [];
  private quotes = 0;

  constructor(private readonly delimiter: string) {}

  /** Records that these lines complete, in order. */
  push(lines: readonly Line[]): CsvRecord[] {
    const done: CsvRecord[] = [];
    let ready: { line: number; text: string; lines: Line[] }[] = [];
    const queue = [...lines].toReversed();
    const flush = (): void => {
      const { records, again } = this.readAll(ready);
      done.push(...records);
      ready = [];
      for (const line of again.toReversed()) queue.push(line);
    };
    for (;;) {
      const line = queue.pop();
      if (line === undefined) {
        flush();
        if (queue.length === 0) return done;
        continue;
      }
      if (line.problem !== null) {
        if (this.open.length > 0) {
          queue.push(line);
          flush();
          done.push(...this.giveUp(queue));
          continue;
        }
        flush();
        done.push({ line: line.number, cells: [], problem: line.problem });
        continue;
      }
      this.open.push(line);
      this.quotes += countQuotes(line.text);
      if (this.quotes % 2 === 0) {
        const text = this.open.map((each) => each.text).join('\n');
        if (text.trim() !== '') ready.push({ line: this.open[0]!.number, text, lines: this.open });
        const several = this.open.length > 1;
        this.open = [];
        this.quotes = 0;
        // What spans lines may turn out to be wrong, and then its later lines are read again: keep the order.
        if (several) flush();
      } else if (this.open.length > LONGEST_RECORD_LINES) {
        flush();
        done.push(...this.giveUp(queue));
      }
    }
  }

  /** At the end of the file: what is still open was never closed. */
  end(): CsvRecord[] {
    const done: CsvRecord[] = [];
    while (this.open.length > 0) {
      const queue: Line[] = [];
      done.push(...this.giveUp(queue));
      done.push(...this.push(queue.toReversed()));
    }
    return done;
  }

  /** Rejects the first open line and puts the others back to be read by themselves. */
  private giveUp(queue: Line[]): CsvRecord[] {
    const [first, ...others] = this.open;
    this.open = [];
    this.quotes = 0;
    for (const line of others.toReversed()) queue.push(line);
    return [{ line: first!.number, cells: [], problem: 'a quotation mark is opened and never closed' }];
  }

  private readAll(ready: readonly { line: number; text: string; lines: Line[] }[]): { records: CsvRecord[]; again: Line[] } {
    if (ready.length === 0) return { records: [], again: [] };
    // One call for many records is many times as fast; only when it fails are they read one by one.
    const all = this.read(ready.map((record) => record.text).join('\n'));
    if (typeof all !== 'string' && all.length === ready.length) {
      return { records: ready.map(({ line }, index) => ({ line, cells: all[index]!, problem: null })), again: [] };
    }
    const records: CsvRecord[] = [];
    for (const [index, { line, text, lines }] of ready.entries()) {
      const one = this.read(text);
      if (typeof one !== 'string' && one.length === 1) {
        records.push({ line, cells: one[0]!, problem: null });
        continue;
      }
      records.push({ line, cells: [], problem: typeof one === 'string' ? one : 'the record cannot be read' });
      if (lines.length > 1) return { records, again: [...lines.slice(1), ...ready.slice(index + 1).flatMap((later) => later.lines)] };
    }
    return { records, again: [] };
  }

  private read(text: string): string[][] | string {
    try {
      return parse(text, { delimiter: this.delimiter, relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\n', '\r\n'] }) as string[][];
    } catch (error) {
      return messageOf(error).replace(/ (?:at|on) line \d+/, '');
    }
  }
}

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}
