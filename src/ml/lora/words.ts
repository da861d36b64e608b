/**
 * The linear part of an adapter: what the terms of a text (`terms.ts`) count in its log, beside what the base says of them, and how far the
 * base is to be trusted in it: logit = trust x base + words + pairs of words. A file of ours beside PEFT's.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AdloomError } from '../../base/errors';
import type { HashedFeatures } from '../gpt2/hashed-features';
import { readSafetensors, safetensorsChunks } from '../weights/safetensors';
import { floatTensor, isFloatTensor, type StoredTensor } from '../weights/tensor';
import { addPairs, pairScorer, pairTensors, readPairs, type PairWeights } from './pairs';

/** Hashed terms, ascending, and what each adds to the logit, whatever stands before the text. */
export interface WordWeights {
  readonly rows: Int32Array;
  readonly weights: Float32Array;
  /** What terms count together. */
  readonly together?: PairWeights;
  /** Rows are those of the base's linear part (../gpt2/grams.ts), as in files of before there were terms. Such words serve; none are learnt on top of them. */
  readonly ofBase?: true;
  /** What the base's own logit, layers of the adapter included, counts; 1 when absent, as in files of before there was any. */
  readonly trust?: number;
}

export const WORDS_FILE = 'words.safetensors';
const TERMS = 'words.terms';
const ROWS_OF_BASE = 'words.rows';

/** What the words of a text add to its logit. */
export function wordScorer({ rows, weights, together }: WordWeights): (features: HashedFeatures) => number {
  const known = new Map(Array.from(rows, (row, i) => [row, weights[i]!]));
  const ofPairs = together ? pairScorer(together) : () => 0;
  return (features) => {
    let sum = ofPairs(features);
    for (let i = 0; i < features.rows.length; i++) sum += (known.get(features.rows[i]!) ?? 0) * features.weights[i]!;
    return sum;
  };
}

/**
 * The logit of a text by base and words, of its features and then of what the base says of it; the base's as it is where there are no words.
 * What words say of features is worked out once: the same texts are asked about again and again.
 */
export function adaptedLogit(words: WordWeights | undefined): (features: HashedFeatures) => (base: number) => number {
  if (!words) return () => (base) => base;
  const [score, { trust = 1 }] = [wordScorer(words), words];
  const known = new WeakMap<HashedFeatures, number>();
  return (features) => {
    const said = known.get(features) ?? score(features);
    known.set(features, said);
    return (base) => trust * base + said;
  };
}

/** The sum of both, of terms, at the trust of the first. */
export function addWords(a: WordWeights, b: WordWeights): WordWeights {
  const sums = new Map<number, number>();
  for (const { rows, weights } of [a, b]) rows.forEach((row, i) => sums.set(row, (sums.get(row) ?? 0) + weights[i]!));
  const ordered = [...sums].toSorted(([left], [right]) => left - right);
  const together = addPairs(a.together, b.together);
  return { rows: Int32Array.from(ordered, ([row]) => row), weights: Float32Array.from(ordered, ([, weight]) => weight), ...(together && { together }), ...(a.trust !== undefined && { trust: a.trust }) };
}

export function wordsChunks({ rows, weights, together, trust, ofBase }: WordWeights): Generator<Uint8Array> {
  const tensors = new Map<string, StoredTensor>([
    [ofBase ? ROWS_OF_BASE : TERMS, { dtype: 'I32', shape: [rows.length], data: rows }],
    ['words.weights', floatTensor([weights.length], weights)],
    ...(together ? pairTensors(together) : []),
    ...(trust === undefined ? [] : [['words.trust', floatTensor([1], Float32Array.of(trust))] as const]),
  ]);
  return safetensorsChunks(tensors, {}, WORDS_FILE);
}

/** @param limit rows of the base's table, for words of before there were terms; 0 for a base without one @throws ADAPTER_INVALID, ADAPTER_MISMATCH */
export async function readWords(directory: string, limit: number): Promise<WordWeights | undefined> {
  const file = path.join(directory, WORDS_FILE);
  if (!existsSync(file)) return undefined;
  const { tensors } = await readSafetensors(file).catch((cause: unknown) => {
    throw new AdloomError('ADAPTER_INVALID', `${WORDS_FILE} cannot be read.`, { field: WORDS_FILE, hint: 'Save the adapter again.', cause });
  });
  const [terms, weights] = [tensors.get(TERMS), tensors.get('words.weights')];
  const rows = terms ?? tensors.get(ROWS_OF_BASE);
  if (rows?.dtype !== 'I32' || !weights || !isFloatTensor(weights) || rows.data.length !== weights.data.length || !weights.data.every(Number.isFinite)) {
    throw new AdloomError('ADAPTER_INVALID', `${WORDS_FILE} must hold ${TERMS} and words.weights, whole numbers and finite floats, as many of each.`, { field: WORDS_FILE, hint: 'Save the adapter again.' });
  }
  const together = readPairs(tensors);
  const trust = tensors.get('words.trust');
  if (trust && !(isFloatTensor(trust) && trust.data.length === 1 && Number.isFinite(trust.data[0]))) {
    throw new AdloomError('ADAPTER_INVALID', `${WORDS_FILE}: words.trust must be one finite float.`, { field: WORDS_FILE, hint: 'Save the adapter again.' });
  }
  const data = rows.data as Int32Array;
  const outside = terms ? undefined : data.find((row) => row < 1 || row >= limit);
  if (outside !== undefined) {
    throw new AdloomError('ADAPTER_MISMATCH', `${WORDS_FILE} has the row ${outside}; this base has ${limit === 0 ? 'no linear part' : `the rows 1 to ${limit - 1}`}.`, {
      field: WORDS_FILE, hint: 'Use the base that the adapter was trained on, or train it again on this one.',
    });
  }
  return { rows: data, weights: weights.data, ...(together && { together }), ...(!terms && { ofBase: true }), ...(trust && { trust: (trust.data as Float32Array)[0]! }) };
}
