/**
 * What the parts beside GPT-2 gave to a score, word by word. They are sums and products of sums over hashed features, so that what
 * integrated gradients give is known without integrating: a linear part gives each feature its own term; of a product of two sums each
 * side gets half of every term (the path's integral of t dt, twice). A feature that several words make is shared equally among them.
 */
import type { HashedFeatures } from '../gpt2/hashed-features';
import type { Weights } from '../gpt2/parameters';
import type { WordWeights } from '../lora/words';
import type { MadeFeature } from './feature-words';

/** Log-odds by word of a text. */
export type ByWord = Float64Array;

/** Adds `amount` to the words that made a feature; to all of them where none is known. */
export function share(to: ByWord, words: readonly number[], amount: number): void {
  if (amount === 0 || to.length === 0) return;
  if (words.length === 0) to.forEach((_, word) => (to[word]! += amount / to.length));
  else for (const word of words) to[word]! += amount / words.length;
}

/** The same by shares of sum 1. */
export function shareBy(to: ByWord, shares: ReadonlyMap<number, number> | undefined, amount: number): void {
  if (shares === undefined || shares.size === 0) share(to, [], amount);
  else for (const [word, part] of shares) to[word]! += amount * part;
}

export interface WideSide {
  readonly features: HashedFeatures;
  readonly made: readonly MadeFeature[];
  readonly to: ByWord;
}

/** The wide part but for its bias: affinity [D] . [D] of two weighted sums. Returns its log-odds. */
export function addWide(weights: Weights, text: WideSide, prefix: WideSide): number {
  const tables = { text: weights.get('wide.text')!, prefix: weights.get('wide.prefix')! };
  const D = tables.text.shape[1]!;
  const sums = { text: bagOf(tables.text.data, D, text.features), prefix: bagOf(tables.prefix.data, D, prefix.features) };
  addSide(text, tables.text.data, sums.prefix);
  addSide(prefix, tables.prefix.data, sums.text);
  return sums.text.reduce((sum, value, d) => sum + value * sums.prefix[d]!, 0);
}

function addSide({ features, made, to }: WideSide, table: Float32Array, other: Float64Array): void {
  const D = other.length;
  features.rows.forEach((row, i) => {
    let product = 0;
    for (let d = 0; d < D; d++) product += table[row * D + d]! * other[d]!;
    // Rows that the way back does not know belong to all words: nothing may be lost.
    share(to, made[i]?.row === row ? made[i].words : [], (features.weights[i]! * product) / 2);
  });
}

/** The weighted sum of the features' rows, [D]. */
function bagOf(table: Float32Array, D: number, { rows, weights }: HashedFeatures): Float64Array {
  const sum = new Float64Array(D);
  rows.forEach((row, i) => {
    for (let d = 0; d < D; d++) sum[d]! += weights[i]! * table[row * D + d]!;
  });
  return sum;
}

/** The linear part times its gain. Returns its log-odds. */
export function addGrams(weights: Weights, features: HashedFeatures, gain: number, shares: ReadonlyMap<number, ReadonlyMap<number, number>>, to: ByWord): number {
  const table = weights.get('grams.linear')!.data;
  let sum = 0;
  features.rows.forEach((row, i) => {
    const amount = gain * features.weights[i]! * table[row]!;
    sum += amount;
    shareBy(to, shares.get(row), amount);
  });
  return sum;
}

/** The words of an adapter, and what they count in pairs, half of it to either term. Returns their log-odds. */
export function addAdapterWords({ rows, weights, together }: WordWeights, features: HashedFeatures, shares: ReadonlyMap<number, ReadonlyMap<number, number>>, to: ByWord): number {
  const known = new Map(Array.from(rows, (row, i) => [row, weights[i]!]));
  const values = new Map(Array.from(features.rows, (row, i) => [row, features.weights[i]!]));
  let sum = 0;
  const give = (row: number, amount: number): void => {
    sum += amount;
    shareBy(to, shares.get(row), amount);
  };
  for (const [row, value] of values) give(row, (known.get(row) ?? 0) * value);
  together?.weights.forEach((weight, i) => {
    const [first, second] = [together.first[i]!, together.second[i]!];
    const amount = weight * (values.get(first) ?? 0) * (values.get(second) ?? 0);
    give(first, amount / 2);
    give(second, amount / 2);
  });
  return sum;
}
