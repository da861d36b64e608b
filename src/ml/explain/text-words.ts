/**
 * The words of a text as people see them, and which of them each character belongs to. Every character belongs to one word, so that
 * nothing that moved a score is left out: punctuation to the word it touches, white space to the word after it. Emoji are words; scripts
 * that write without spaces are divided by dictionary (Unicode TR 29 and ICU, through `Intl.Segmenter`).
 */
import { ITEM_SEPARATOR } from '../gpt2/hashed-features';

export interface Word {
  readonly text: string;
  /** UTF-16 positions in the text. */
  readonly start: number;
  readonly end: number;
}

export interface TextWords {
  readonly words: readonly Word[];
  /** For each UTF-16 unit of the text its word; -1 for nobody's. */
  readonly owner: Int32Array;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
const WORD = /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
const SEPARATOR = new RegExp(ITEM_SEPARATOR.replace(/[|]/g, '\\$&'), 'g');

/** @param separators true where ` | ` stands between items: it is structure then, and nobody's */
export function textWords(text: string, separators: boolean): TextWords {
  const words: Word[] = [];
  for (const { segment, index } of segmenter.segment(text)) {
    if (WORD.test(segment)) words.push({ text: segment, start: index, end: index + segment.length });
  }
  // Signs alone: together they are one word.
  const signs = text.trim();
  if (words.length === 0 && text !== '') words.push({ text: signs === '' ? text : signs, start: 0, end: text.length });

  const owner = new Int32Array(text.length).fill(-1);
  words.forEach(({ start, end }, word) => owner.fill(word, start, end));
  for (let next = 0; next <= words.length; next++) {
    const from = words[next - 1]?.end ?? 0;
    divideGap(text, from, words[next]?.start ?? text.length, { before: next - 1, after: next < words.length ? next : -1 }, owner);
  }
  // The space behind a separator goes with the word that it leads to, as in any other place.
  if (separators) for (const { index } of text.matchAll(SEPARATOR)) owner.fill(-1, index, index + ITEM_SEPARATOR.length - 1);
  return { words, owner };
}

/** Deals the characters between two words out to them; -1 is a word that is not there. */
function divideGap(text: string, from: number, to: number, { before, after }: { before: number; after: number }, owner: Int32Array): void {
  let touching = before >= 0;
  for (const match of text.slice(from, to).matchAll(/\s+|\S+/gu)) {
    touching &&= !/^\s/u.test(match[0]);
    owner.fill(touching || after < 0 ? before : after, from + match.index, from + match.index + match[0].length);
  }
}

/** The words that own some of the units from `start` to `end`, each once. */
export function ownersOf({ owner }: TextWords, start: number, end: number): number[] {
  const found = new Set<number>();
  for (let i = start; i < end; i++) if (owner[i]! >= 0) found.add(owner[i]!);
  return [...found];
}
