/** How text becomes the ranker's input. Training and serving both go through here. */
import type { BpeTokenizer } from '../tokenizer/bpe';
import { gramFeatures } from './grams';
import { prefixFeatures, textFeatures, type HashedFeatures } from './hashed-features';

export interface RankTextOptions {
  /** Opens every sequence. */
  start: number;
  /** Stands between prefix and text; absent in models that were trained without one. */
  mark: number | undefined;
  /** Most tokens of a prefix and of a text; the oldest of a prefix and the end of a text go first. */
  prefixLimit: number;
  textLimit: number;
  /** Buckets of the wide part; 0 where there is none. */
  buckets: number;
  /** Rows of the linear part; 0 where there is none. */
  gramRows: number;
}

export interface EncodedPrefix {
  ids: Int32Array;
  features: HashedFeatures;
  /** Tokens that did not fit. */
  trimmed: number;
}

const NO_FEATURES: HashedFeatures = { rows: new Int32Array(0), weights: new Float32Array(0) };

/** `start prefix mark`. */
export function encodePrefix(prefix: string, tokenizer: BpeTokenizer, options: RankTextOptions): EncodedPrefix {
  const all = prefix === '' ? [] : tokenizer.encode(prefix, { specials: 'text' });
  const kept = all.slice(Math.max(0, all.length - options.prefixLimit));
  const ids = Int32Array.from([options.start, ...kept, ...(options.mark === undefined ? [] : [options.mark])]);
  return { ids, features: options.buckets > 0 ? prefixFeatures(prefix, options.buckets) : NO_FEATURES, trimmed: all.length - kept.length };
}

export interface EncodedText {
  ids: Int32Array;
  features: HashedFeatures;
  grams: HashedFeatures;
}

/** Never empty: a text without tokens is the start token once more. */
export function encodeText(text: string, tokenizer: BpeTokenizer, options: RankTextOptions): EncodedText {
  const ids = tokenizer.encode(text, { specials: 'text' }).slice(0, options.textLimit);
  return {
    ids: Int32Array.from(ids.length > 0 ? ids : [options.start]),
    features: options.buckets > 0 ? textFeatures(text, options.buckets) : NO_FEATURES,
    grams: options.gramRows > 0 ? gramFeatures(text, options.gramRows) : NO_FEATURES,
  };
}
