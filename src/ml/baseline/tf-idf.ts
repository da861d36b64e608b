import { badInput } from '../../base/errors';
import { analyse, type Analyser } from './n-grams';
import { beside, type SparseMatrix } from './sparse';

/**
 * TF-IDF, by scikit-learn's definitions (`sublinear_tf=True`, smoothed idf, l2 norm):
 *
 *   weight(t, d) = (1 + ln count(t, d)) x (ln((1 + n) / (1 + documents(t))) + 1),  then each document to length 1
 */
export interface TfIdfOptions {
  readonly analyser: Analyser;
  readonly shortest: number;
  readonly longest: number;
  /** Terms of fewer documents are left out. */
  readonly minimumDocuments: number;
}

export interface TfIdf {
  /** Number of terms. */
  readonly features: number;
  /** Column of each term, in the order in which they were first seen. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** [texts, features]; unknown terms are left out, a text of none is a row of zeros. */
  transform(texts: readonly string[]): SparseMatrix;
}

/** @throws BAD_INPUT where no term is left. */
export function fitTfIdf(texts: readonly string[], options: TfIdfOptions): TfIdf {
  const { analyser, shortest, longest, minimumDocuments } = options;
  const documents = new Map<string, number>();
  for (const text of texts) for (const term of new Set(analyse(analyser, text, shortest, longest))) documents.set(term, (documents.get(term) ?? 0) + 1);
  const vocabulary = new Map<string, number>();
  const idf: number[] = [];
  for (const [term, count] of documents) {
    if (count < minimumDocuments) continue;
    vocabulary.set(term, idf.length);
    idf.push(Math.log((1 + texts.length) / (1 + count)) + 1);
  }
  if (idf.length === 0) throw badInput('texts', `No term comes in ${minimumDocuments} of the ${texts.length} texts.`, 'Give more text or a lower minimum.');
  return { features: idf.length, vocabulary, transform: (list) => transform(list, options, vocabulary, idf) };
}

function transform(texts: readonly string[], options: TfIdfOptions, vocabulary: ReadonlyMap<string, number>, idf: readonly number[]): SparseMatrix {
  const starts = new Int32Array(texts.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  texts.forEach((text, i) => {
    const counts = new Map<number, number>();
    for (const term of analyse(options.analyser, text, options.shortest, options.longest)) {
      const column = vocabulary.get(term);
      if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
    }
    let squares = 0;
    for (const [column, count] of counts) {
      const value = (1 + Math.log(count)) * idf[column]!;
      squares += value * value;
      indices.push(column);
      values.push(value);
    }
    const length = Math.sqrt(squares);
    for (let k = starts[i]!; k < values.length; k++) values[k]! /= length;
    starts[i + 1] = values.length;
  });
  return { rows: texts.length, columns: idf.length, starts, indices: Int32Array.from(indices), values: Float64Array.from(values) };
}

/**
 * The yardstick's features: words and pairs of words beside 3 to 5 characters within words, each half of length 1.
 * `minimumDocuments` defaults to 2.
 */
export function fitTextFeatures(texts: readonly string[], minimumDocuments = 2): { readonly features: number; transform(texts: readonly string[]): SparseMatrix } {
  const word = fitTfIdf(texts, { analyser: 'word', shortest: 1, longest: 2, minimumDocuments });
  const character = fitTfIdf(texts, { analyser: 'character', shortest: 3, longest: 5, minimumDocuments });
  return { features: word.features + character.features, transform: (list) => beside(word.transform(list), character.transform(list)) };
}
