import { hash32 } from '../../base/rng';
import { normaliseLine } from '../copy/text-fold';

/**
 * Fingerprints of text that a model was trained on but may not repeat: hashes of every run of four words, and of every
 * whole line. Kept beside the model as sorted little-endian uint32 (`memorised.u32`); the text itself is not shipped.
 */
export interface MemorisedSet {
  has(hash: number): boolean;
}

export const MEMORISED_FILE = 'memorised.u32';
/** The same of the winning templates that a writer was tuned on. */
export const WINNERS_FILE = 'winners.u32';
/** From this share of common runs on, a text says the same as the one it shares them with. */
export const NEAR_VERBATIM = 0.75;
const RUN = 4;

export interface Fingerprint {
  line: number;
  runs: number[];
}

export function fingerprint(text: string): Fingerprint {
  const words = normaliseLine(text).split(' ').filter((word) => word !== '');
  const runs: number[] = [];
  for (let i = 0; i + RUN <= words.length; i++) runs.push(hash32(words.slice(i, i + RUN).join(' '), 1));
  return { line: hash32(words.join(' '), 2), runs };
}

/** All hashes of the lines, sorted, each once: the content of `memorised.u32`. */
export function fingerprintsOf(lines: Iterable<string>): Uint32Array {
  const hashes = new Set<number>();
  for (const line of lines) {
    const print = fingerprint(line);
    hashes.add(print.line);
    for (const run of print.runs) hashes.add(run);
  }
  return Uint32Array.from(hashes).toSorted();
}

export function memorisedSet(sorted: Uint32Array): MemorisedSet {
  return {
    has(hash) {
      let low = 0;
      let high = sorted.length - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const value = sorted[middle]!;
        if (value === hash) return true;
        if (value < hash) low = middle + 1;
        else high = middle - 1;
      }
      return false;
    },
  };
}

/** Share of a text's four-word runs that the training text holds too; 1 for a whole line of it. */
export function memorisedShare(text: string, set: MemorisedSet): number {
  const print = fingerprint(text);
  if (set.has(print.line)) return 1;
  // One or two shared runs are common English, not memory.
  if (print.runs.length < 2) return 0;
  return print.runs.filter((run) => set.has(run)).length / print.runs.length;
}
