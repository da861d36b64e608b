/**
 * Which words make each hashed feature of a text: the way back from the rows that `hashed-features.ts`, `grams.ts` and an adapter's terms
 * (`../lora/terms.ts`) read to the words that people see. It follows their rules step by step; tests hold the two equal on any text.
 */
import { hash32 } from '../../base/rng';
import { GRAM_CHARACTERS } from '../gpt2/grams';
import { foldWords, ITEM_SEPARATOR, newestItems, WORDS_READ } from '../gpt2/hashed-features';
import { folded, type Folded } from './folded';
import { KINDS, SIGNS, TERM_CHARACTERS, termRow } from '../lora/terms';
import { ownersOf, type TextWords } from './text-words';

/** A feature as it was made once: its row, and the words it was made of. */
export interface MadeFeature {
  readonly row: number;
  readonly words: readonly number[];
}

interface Span {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Features of a whole text, in the order of `textFeatures`. */
export function textFeatureWords(text: string, words: TextWords, buckets: number): MadeFeature[] {
  return wideFeatures(text, 0, words, buckets, true);
}

/** Features of a prefix, in the order of `prefixFeatures`. */
export function prefixFeatureWords(prefix: string, words: TextWords, buckets: number): MadeFeature[] {
  return itemsOf(prefix).flatMap((item) => wideFeatures(item.text, item.start, words, buckets, false));
}

/** The newest items of a prefix, as `newestItems` gives them, and where they stand. */
export function itemsOf(prefix: string): Span[] {
  let at = 0;
  const items = prefix.split(ITEM_SEPARATOR).map((part) => {
    const text = part.trim();
    const start = at + (text === '' ? 0 : part.indexOf(text));
    at += part.length + ITEM_SEPARATOR.length;
    return { text, start, end: start + text.length };
  });
  return items.filter((item) => item.text !== '').slice(-newestItems(prefix).length);
}

function wideFeatures(text: string, offset: number, words: TextWords, buckets: number, neighbours: boolean): MadeFeature[] {
  const spelt = folded(text, foldWords);
  const found = matches(spelt, /[\p{L}\p{N}]+/gu).slice(0, WORDS_READ);
  if (found.length === 0) return [];
  const made = (key: string, spans: readonly Span[]): MadeFeature => ({ row: 1 + (hash32(key) % (buckets - 1)), words: owners(spans, offset, words) });
  return [
    ...found.map((word) => made(`w:${word.text}`, [word])),
    ...(neighbours ? found.slice(1).map((word, i) => made(`b:${found[i]!.text} ${word.text}`, [found[i]!, word])) : []),
    made(`t:${found.map((word) => word.text).join(' ')}`, found),
  ];
}

/**
 * For each row of `gramFeatures` the words that it is made of and their shares, of sum 1.
 * @param offset where the text starts in that of `words`
 */
export function gramFeatureWords(text: string, offset: number, words: TextWords, rows: number): WordShares {
  const spelt = folded(text.slice(0, GRAM_CHARACTERS), (each) => each.toLowerCase());
  return sharesOf(phrasesOf(spelt), (key) => 1 + (hash32(key) % (rows - 1)), offset, words);
}

/** For each term of a text (`termFeatures`) the words that it is made of and their shares, of sum 1. */
export function termWords(text: string, words: TextWords): WordShares {
  const spelt = folded(text.slice(0, TERM_CHARACTERS), (each) => each.toLowerCase());
  return sharesOf([...phrasesOf(spelt), ...signsOf(spelt)], termRow, 0, words);
}

/** By row, and then by word. */
export type WordShares = Map<number, Map<number, number>>;

/** A key as it is hashed, and where it stands. */
type Keyed = readonly [key: string, spans: readonly Span[]];

function sharesOf(keys: Iterable<Keyed>, rowOf: (key: string) => number, offset: number, words: TextWords): WordShares {
  const shares: WordShares = new Map();
  for (const [key, spans] of keys) {
    const row = rowOf(key);
    const owning = owners(spans, offset, words);
    let of = shares.get(row);
    if (!of) shares.set(row, (of = new Map()));
    for (const word of owning) of.set(word, (of.get(word) ?? 0) + 1 / owning.length);
  }
  for (const of of shares.values()) {
    const total = [...of.values()].reduce((sum, share) => sum + share, 0);
    for (const [word, share] of of) of.set(word, share / total);
  }
  return shares;
}

/** Words, pairs of words and runs of characters. */
function* phrasesOf(spelt: Folded): Generator<Keyed> {
  const found = matches(spelt, /[\p{L}\p{N}_]{2,}/gu);
  for (const word of found) yield [`w:${word.text}`, [word]];
  for (const [i, word] of found.slice(1).entries()) yield [`w:${found[i]!.text} ${word.text}`, [found[i]!, word]];
  for (const chunk of chunks(spelt.text)) {
    for (const { text: run, start, end } of runsOf(chunk)) yield [`c:${run}`, [sourceSpan(spelt, start, end)]];
  }
}

function* signsOf(spelt: Folded): Generator<Keyed> {
  for (const sign of matches(spelt, SIGNS)) yield [`s:${sign.text}`, [sign]];
  for (const [kind, pattern] of KINDS) for (const sign of matches(spelt, pattern)) yield [kind, [sign]];
}

/** What stands between white space, as `split` gives it. */
function chunks(text: string): Span[] {
  return Array.from(text.matchAll(/\S+/gu), (match) => ({ text: match[0], start: match.index, end: match.index + match[0].length }));
}

/** Runs of three and four characters of a word with a space on both sides; each stands where its own characters do. */
function* runsOf({ text, start }: Span): Generator<Span> {
  const characters = [' ', ...text, ' '];
  const places = [start];
  for (const character of characters.slice(1, -1)) places.push(places.at(-1)! + character.length);
  // Place i is where character i starts; both spaces are of no width.
  const from = (i: number): number => places[Math.max(0, i - 1)]!;
  const upTo = (i: number): number => places[Math.min(i, places.length - 1)]!;
  for (const n of [3, 4]) {
    for (let i = 0; i === 0 || i + n <= characters.length; i++) {
      yield { text: characters.slice(i, i + n).join(''), start: from(i), end: upTo(i + n - 1) };
    }
    if (characters.length <= n) break;
  }
}

function matches(spelt: Folded, pattern: RegExp): Span[] {
  return Array.from(spelt.text.matchAll(pattern), (match) => ({ ...sourceSpan(spelt, match.index, match.index + match[0].length), text: match[0] }));
}

/** Where the units from `start` to `end` of a spelling stood in its source. */
function sourceSpan({ origin }: Folded, start: number, end: number): Span {
  return { text: '', start: origin[start] ?? 0, end: end > start ? (origin[end - 1] ?? 0) + 1 : (origin[start] ?? 0) };
}

function owners(spans: readonly Span[], offset: number, words: TextWords): number[] {
  return [...new Set(spans.flatMap(({ start, end }) => ownersOf(words, offset + start, offset + end)))];
}
