/**
 * The features of the wide part: words, neighbouring words and whole items, hashed into rows of its tables
 * (Weinberger et al. 2009). Row 0 is padding. Weights make a long text weigh as much as a short one.
 */
import { hash32 } from '../../base/rng';

export interface HashedFeatures {
  rows: Int32Array;
  weights: Float32Array;
}

interface Collected {
  rows: number[];
  weights: number[];
}

/** Items of a prefix are separated by this. */
export const ITEM_SEPARATOR = ' | ';
/** The newest items count; older ones are out of a model's sight. */
const ITEMS = 20;
/** Words of a text, or of an item, that are read. */
export const WORDS_READ = 24;
/** Each older item weighs this much of the one after it. */
const RECENCY = 0.9;

/** Features of a text: at most 24 words, their neighbours, and the text as a whole. */
export function textFeatures(text: string, buckets: number): HashedFeatures {
  const features: Collected = { rows: [], weights: [] };
  addText(features, text, 1, buckets);
  return packed(features);
}

/** Features of a prefix: those of its newest items, without neighbouring words, recent items weighing more. */
export function prefixFeatures(prefix: string, buckets: number): HashedFeatures {
  const features: Collected = { rows: [], weights: [] };
  const items = newestItems(prefix);
  const share = items.map((_, i) => RECENCY ** (items.length - 1 - i));
  const norm = Math.sqrt(share.reduce((sum, s) => sum + s * s, 0)) || 1;
  items.forEach((item, i) => addText(features, item, share[i]! / norm, buckets, false));
  return packed(features);
}

/** The newest items of a prefix, the latest last. */
export function newestItems(prefix: string): string[] {
  return prefix.split(ITEM_SEPARATOR).map((item) => item.trim()).filter((item) => item !== '').slice(-ITEMS);
}

function packed({ rows, weights }: Collected): HashedFeatures {
  return { rows: Int32Array.from(rows), weights: Float32Array.from(weights) };
}

function addText(features: Collected, text: string, weight: number, buckets: number, neighbours = true): void {
  const words = wordsOf(text).slice(0, WORDS_READ);
  if (words.length === 0) return;
  const put = (key: string, value: number): void => {
    features.rows.push(1 + (hash32(key) % (buckets - 1)));
    features.weights.push(value);
  };
  const each = weight / Math.sqrt(words.length);
  for (const word of words) put(`w:${word}`, each);
  if (neighbours) for (let i = 1; i < words.length; i++) put(`b:${words[i - 1]} ${words[i]}`, each);
  put(`t:${words.join(' ')}`, weight);
}

/** Lower-case runs of letters and digits. */
export function wordsOf(text: string): string[] {
  return foldWords(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The spelling in which words are compared. */
export function foldWords(text: string): string {
  return text.toLowerCase().normalize('NFKC');
}
