import { badInput } from '../../base/errors';
import { Heap } from '../../base/heap';
import { ALPHABET, toByteChars } from './bytes-unicode';
import { preTokenise, specialPattern, splitSpecials } from './pre-tokenise';
import type { BpeVocabulary } from './tokenizer-json';

/**
 * Trains a byte-level BPE vocabulary (Sennrich et al. 2016, on bytes as in GPT-2): starting from the 256 bytes, the pair of
 * neighbouring tokens that is most frequent within words becomes a token, until the vocabulary is full. Same merges as the
 * Hugging Face `tokenizers` trainer: ties go to the smaller left id, then the smaller right id.
 */
export interface TrainBpeOptions {
  /** Bytes, merges and special tokens together; at least 256 + the special tokens. */
  readonly vocabularySize: number;
  /** Never split and never merged into; they get the last ids, in this order. */
  readonly specialTokens: readonly string[];
  /** A pair below this count is not merged; default 2. */
  readonly minimumCount?: number;
  readonly onProgress?: (merges: number, total: number) => void;
}

/** The vocabulary is smaller than asked when the texts run out of pairs. @throws BAD_INPUT on a size that is too small. */
export function trainBpe(texts: Iterable<string>, options: TrainBpeOptions): BpeVocabulary {
  const { vocabularySize, specialTokens } = options;
  const wanted = vocabularySize - specialTokens.length;
  if (!Number.isSafeInteger(vocabularySize) || wanted < 256) {
    throw badInput('vocabularySize', `A byte-level vocabulary with ${specialTokens.length} special tokens needs a size of at least ${256 + specialTokens.length}, not ${vocabularySize}.`);
  }
  if (new Set(specialTokens).size !== specialTokens.length || specialTokens.includes('')) {
    throw badInput('specialTokens', 'Special tokens must be different from each other and not empty.');
  }
  const { tokens, merges } = merge(countWords(texts, specialTokens), wanted, Math.max(1, options.minimumCount ?? 2), options.onProgress);
  const taken = specialTokens.find((special) => tokens.includes(special));
  if (taken !== undefined) throw badInput('specialTokens', `The special token ${JSON.stringify(taken)} is also an ordinary token.`, 'Wrap it in <| and |>.');
  return { tokens: [...tokens, ...specialTokens], merges, specialTokens };
}

interface Words {
  /** Each distinct word as token ids, shrinking as pairs merge. */
  readonly symbols: Int32Array[];
  readonly counts: number[];
}

function countWords(texts: Iterable<string>, specialTokens: readonly string[]): Words {
  const pattern = specialPattern(specialTokens);
  const counts = new Map<string, number>();
  for (const text of texts) {
    splitSpecials(text, pattern).forEach((part, i) => {
      if (i % 2 === 1) return;
      for (const word of preTokenise(part)) counts.set(word, (counts.get(word) ?? 0) + 1);
    });
  }
  const idOf = new Map(ALPHABET.map((char, id) => [char, id]));
  return { symbols: [...counts.keys()].map((word) => Int32Array.from(toByteChars(word), (char) => idOf.get(char)!)), counts: [...counts.values()] };
}

/** A pair and how often it is there; counts may have fallen since it was queued. */
interface CountedPair {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** By count; equal counts by the smaller left id, then the smaller right id: the order is total, so that training is deterministic. */
function beforePair(a: CountedPair, b: CountedPair): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.left !== b.left ? a.left < b.left : a.right < b.right;
}

/** Pairs as one number: ids stay below 2^26, so that keys stay exact. */
const SHIFT = 2 ** 26;

function merge(words: Words, wanted: number, minimum: number, onProgress?: (merges: number, total: number) => void) {
  const tokens = [...ALPHABET];
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const merges: [string, string][] = [];
  const counts = new Map<number, number>();
  const where = new Map<number, Set<number>>();
  const change = (left: number, right: number, by: number, word: number): number => {
    const key = left * SHIFT + right;
    counts.set(key, (counts.get(key) ?? 0) + by);
    if (by > 0) {
      const places = where.get(key);
      if (places) places.add(word);
      else where.set(key, new Set([word]));
    }
    return key;
  };
  words.symbols.forEach((symbols, word) => {
    for (let i = 0; i + 1 < symbols.length; i++) change(symbols[i]!, symbols[i + 1]!, words.counts[word]!, word);
  });
  const heap = new Heap(beforePair);
  for (const [key, count] of counts) heap.push({ left: Math.floor(key / SHIFT), right: key % SHIFT, count });

  while (tokens.length < wanted) {
    const top = heap.pop();
    if (!top) break;
    const { left, right, count } = top;
    const key = left * SHIFT + right;
    const actual = counts.get(key) ?? 0;
    if (actual !== count) {
      // Counts only fall between pushes: put it back at its place.
      if (actual > 0) heap.push({ left, right, count: actual });
      continue;
    }
    if (count < minimum) break;
    const text = tokens[left]! + tokens[right]!;
    merges.push([tokens[left]!, tokens[right]!]);
    // Two ways to spell one token: the second merge leads to the id that is there.
    const existing = idOf.get(text);
    const merged = existing ?? tokens.length;
    if (existing === undefined) {
      idOf.set(text, merged);
      tokens.push(text);
    }
    const grown = new Set<number>();
    for (const word of where.get(key) ?? []) {
      words.symbols[word] = mergeInWord(words.symbols[word]!, left, right, merged, (a, b, sign) => {
        const changed = change(a, b, sign * words.counts[word]!, word);
        if (sign > 0) grown.add(changed);
      });
    }
    where.delete(key);
    counts.delete(key);
    for (const changed of grown) {
      const now = counts.get(changed) ?? 0;
      if (now > 0) heap.push({ left: Math.floor(changed / SHIFT), right: changed % SHIFT, count: now });
    }
    onProgress?.(merges.length, wanted - 256);
  }
  return { tokens, merges };
}

/** Replaces each `left right`, from the left, and reports the neighbouring pairs that vanish (-1) and appear (+1). */
function mergeInWord(symbols: Int32Array, left: number, right: number, merged: number, report: (a: number, b: number, sign: 1 | -1) => void): Int32Array {
  const out: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] !== left || symbols[i + 1] !== right) {
      out.push(symbols[i]!);
      continue;
    }
    const previous = out.at(-1);
    if (previous !== undefined) {
      report(previous, left, -1);
      report(previous, merged, 1);
    }
    if (i + 2 < symbols.length) {
      report(right, symbols[i + 2]!, -1);
      report(merged, symbols[i + 2]!, 1);
    }
    out.push(merged);
    i++;
  }
  return out.length === symbols.length ? symbols : Int32Array.from(out);
}
