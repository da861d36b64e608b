/** Documents for language modelling as flat arrays, which cross to a worker thread without copying. */
import type { Feeds } from '../runtime/session';

export interface Documents {
  /** Token ids of all documents, one after another. */
  ids: Int32Array;
  /** Weight of each token as something to predict; the first of a document is never predicted. */
  weights: Float32Array;
  /** Where each document starts, and one more entry: the end of the last. */
  offsets: Int32Array;
}

export function documentCount(documents: Documents): number {
  return documents.offsets.length - 1;
}

/** Collects documents; `add` takes ids and one weight for all or one for each token. */
export function documentBuilder(): { add(ids: readonly number[], weights: number | readonly number[]): void; build(): Documents } {
  const ids: number[] = [];
  const weights: number[] = [];
  const offsets: number[] = [0];
  return {
    add(tokens, weight) {
      if (tokens.length < 2) return;
      tokens.forEach((id, i) => {
        ids.push(id);
        weights.push(typeof weight === 'number' ? weight : weight[i]!);
      });
      offsets.push(ids.length);
    },
    build: () => ({ ids: Int32Array.from(ids), weights: Float32Array.from(weights), offsets: Int32Array.from(offsets) }),
  };
}

/** Number of positions that each document takes in a batch: its tokens but the last, which is only predicted. */
export function documentLengths({ offsets }: Documents): Int32Array {
  return Int32Array.from({ length: offsets.length - 1 }, (_, i) => offsets[i + 1]! - offsets[i]! - 1);
}

/** Sum of the weights of what some documents give to predict. */
export function documentWeight({ weights, offsets }: Documents, batch: readonly number[]): number {
  let sum = 0;
  for (const d of batch) for (let i = offsets[d]! + 1; i < offsets[d + 1]!; i++) sum += weights[i]!;
  return sum;
}

/**
 * The inputs of the language-model program for some documents, padded at the end, weights divided by `sum`: unless told, by their
 * own sum, so that they sum to 1. Also returns the sum before scaling, for averages over batches.
 */
export function documentFeeds(documents: Documents, batch: readonly number[], sum?: number): { feeds: Feeds; weight: number } {
  const lengths = documentLengths(documents);
  const B = batch.length;
  const T = Math.max(...batch.map((d) => lengths[d]!));
  const ids = new Int32Array(B * T);
  const targets = new BigInt64Array(B * T);
  const weights = new Float32Array(B * T);
  let weight = 0;
  batch.forEach((d, b) => {
    const start = documents.offsets[d]!;
    for (let t = 0; t < lengths[d]!; t++) {
      ids[b * T + t] = documents.ids[start + t]!;
      targets[b * T + t] = BigInt(documents.ids[start + t + 1]!);
      weights[b * T + t] = documents.weights[start + t + 1]!;
      weight += documents.weights[start + t + 1]!;
    }
  });
  const divisor = sum ?? weight;
  if (divisor > 0) for (let i = 0; i < weights.length; i++) weights[i]! /= divisor;
  return {
    weight,
    feeds: {
      ids: { dtype: 'int32', dims: [B, T], data: ids },
      targets: { dtype: 'int64', dims: [B * T], data: targets },
      weights: { dtype: 'float32', dims: [B * T], data: weights },
    },
  };
}
