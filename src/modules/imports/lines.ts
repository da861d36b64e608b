/** One physical line of a text file: its text, or why it has none. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly problem: string | null;
}

export interface LineOptions {
  /** Longer lines are skipped without being held in memory. */
  readonly maximumBytes?: number;
}

const NEWLINE = 10;
const DEFAULT_MAXIMUM = 1 << 20;

/**
 * Splits bytes into lines of UTF-8, a batch per chunk that arrives; at most one line is held over between chunks. A line that
 * is too long or is not UTF-8 comes with its problem, and the lines after it as if nothing had been.
 */
export async function* lineBatches(source: AsyncIterable<Buffer | string>, options: LineOptions = {}): AsyncGenerator<Line[]> {
  const maximum = options.maximumBytes ?? DEFAULT_MAXIMUM;
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 1;
  for await (const piece of source) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      restBytes += chunk.length;
      // Past the limit the content no longer matters, only that the line goes on.
      if (restBytes <= maximum + chunk.length) rest.push(chunk);
      continue;
    }
    const head = rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...rest, chunk.subarray(0, end)]);
    const overlong = restBytes > maximum;
    const lines = decodeLines(head, number, maximum, overlong);
    number += lines.length;
    rest = end + 1 < chunk.length ? [Buffer.from(chunk.subarray(end + 1))] : [];
    restBytes = chunk.length - end - 1;
    yield lines;
  }
  if (restBytes > 0) yield decodeLines(Buffer.concat(rest), number, maximum, restBytes > maximum);
}

const strict = new TextDecoder('utf-8', { fatal: true });

function decodeLines(block: Buffer, first: number, maximum: number, firstOverlong: boolean): Line[] {
  // Nearly always the whole block is good: one decode and one split, instead of one per line.
  if (!firstOverlong) {
    try {
      const texts = strict.decode(block).split('\n');
      if (texts.every((text) => text.length * 3 <= maximum)) {
        return texts.map((text, index) => ({ number: first + index, text: text.endsWith('\r') ? text.slice(0, -1) : text, problem: null }));
      }
    } catch {
      // Some line is not UTF-8: find out which.
    }
  }
  const lines: Line[] = [];
  let start = 0;
  while (start <= block.length) {
    const newline = block.indexOf(NEWLINE, start);
    const end = newline < 0 ? block.length : newline;
    lines.push(decodeLine(block.subarray(start, end), first + lines.length, firstOverlong && lines.length === 0 ? 0 : maximum));
    if (newline < 0) break;
    start = newline + 1;
  }
  return lines;
}

function decodeLine(bytes: Buffer, number: number, maximum: number): Line {
  if (bytes.length > maximum) return { number, text: '', problem: 'the line is longer than a record may be' };
  try {
    const text = strict.decode(bytes);
    return { number, text: text.endsWith('\r') ? text.slice(0, -1) : text, problem: null };
  } catch {
    return { number, text: '', problem: 'the line is not UTF-8: save the file as UTF-8' };
  }
}
