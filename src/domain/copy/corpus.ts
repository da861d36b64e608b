import { FORMAT_LETTERS, type CopyFormat } from './format';

export interface CorpusLine {
  /** Line number in its file, from 1. */
  line: number;
  /** Empty for copy that speaks to anybody. */
  interest: string;
  tone: string;
  format: CopyFormat;
  /** With slots. */
  text: string;
}

/**
 * Reads a corpus file: blocks that open with `@ interest=... | tone=...`, then one `H`, `B` or `C` line per piece of copy.
 * Lines of any other shape are passed to `onBad`.
 */
export function parseCorpus(content: string, onBad: (line: number, text: string) => void = () => undefined): CorpusLine[] {
  const lines: CorpusLine[] = [];
  let interest = '';
  let tone = '';
  content.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '') return;
    const header = /^@ interest=([^|]+) \| tone=(\S+)$/.exec(line);
    if (header) {
      interest = header[1]!.trim() === 'none' ? '' : header[1]!.trim();
      tone = header[2]!;
      return;
    }
    const format = FORMAT_LETTERS[line[0]!];
    if (!format || line[1] !== ' ' || tone === '') return onBad(index + 1, line);
    lines.push({ line: index + 1, interest, tone, format, text: line.slice(2).trim() });
  });
  return lines;
}
