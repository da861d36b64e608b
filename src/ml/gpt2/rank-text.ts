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

/** One prefix and text as the tokens that the model reads, each with its place in the text that it comes from. */
export interface RankSequence {
  /** `source` is absent for tokens of the structure: the start and the mark. */
  readonly tokens: readonly { readonly id: number; readonly source?: 'prefix' | 'text'; readonly start: number; readonly end: number }[];
  readonly features: { readonly prefix: HashedFeatures; readonly text: HashedFeatures; readonly grams: HashedFeatures };
}

/** `encodePrefix` and `encodeText` in one row, with places: the same ids and features. */
export function rankSequence(prefix: string, text: string, tokenizer: BpeTokenizer, options: RankTextOptions): RankSequence {
  const before = encodePrefix(prefix, tokenizer, options);
  const after = encodeText(text, tokenizer, options);
  const place = (ids: Int32Array, source: 'prefix' | 'text', words: string, skip: number, from: number): RankSequence['tokens'] => {
    const { starts, ends } = tokenizer.encodeWithOffsets(words, { specials: 'text' });
    return Array.from(ids, (id, i) => {
      const at = i - skip + from;
      return i < skip || at >= starts.length ? { id, start: 0, end: 0 } : { id, source, start: starts[at]!, end: ends[at]! };
    });
  };
  // The start stands before a prefix; the mark, behind all of its tokens, has no place in it.
  return {
    tokens: [...place(before.ids, 'prefix', prefix, 1, before.trimmed), ...place(after.ids, 'text', text, 0, 0)],
    features: { prefix: before.features, text: after.features, grams: after.grams },
  };
}
