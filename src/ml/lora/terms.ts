/**
 * The terms of a text that an adapter's words count: its words and signs, whether there is a price or a number in it, pairs of words, and runs
 * of three or four characters. A term counts once, however often it stands there: said twice it does not convince twice as much. Terms are
 * hashed into 31 bits, where hardly any two of them meet, for what one says of itself must not be said of another.
 */
import { hash32 } from '../../base/rng';
import { characterNGrams, wordNGrams } from '../baseline/n-grams';
import type { HashedFeatures } from '../gpt2/hashed-features';

/** Characters that are read: more than any headline and body have, little enough for a bounded cost. */
export const TERM_CHARACTERS = 400;

/** Marks and symbols, each of which is a term of its own: `s:` and the sign. */
export const SIGNS = /[\p{P}\p{S}]/gu;
/** What every amount has in common, whatever its digits and its currency. */
export const KINDS: readonly (readonly [term: string, sign: RegExp])[] = [['k:currency', /\p{Sc}/gu], ['k:number', /\p{N}/gu]];

/** Each term of a text once, of one weight, so that a long text does not score higher for being long: the sum of squares is 1. */
export function termFeatures(text: string): HashedFeatures {
  const read = text.slice(0, TERM_CHARACTERS);
  const rows = new Set(singlesOf(read));
  for (const pair of wordNGrams(read, 2, 2)) rows.add(termRow(`w:${pair}`));
  for (const run of characterNGrams(read, 3, 4)) rows.add(termRow(`c:${run}`));
  return { rows: Int32Array.from(rows), weights: new Float32Array(rows.size).fill(1 / Math.sqrt(rows.size || 1)) };
}

/** Rows of the terms that stand in many texts: words, signs, and that there is a currency or a number. */
export function singleTermRows(text: string): number[] {
  return singlesOf(text.slice(0, TERM_CHARACTERS));
}

function singlesOf(read: string): number[] {
  const terms = new Set(wordNGrams(read, 1, 1).map((word) => `w:${word}`));
  const lower = read.toLowerCase();
  for (const sign of lower.match(SIGNS) ?? []) terms.add(`s:${sign}`);
  for (const [kind, sign] of KINDS) if (lower.search(sign) >= 0) terms.add(kind);
  return Array.from(terms, termRow);
}

/** The row of a term: `w:` before a word or a pair of words, `c:` before a run of characters, `s:` before a sign. */
export function termRow(term: string): number {
  return hash32(term) >>> 1;
}
