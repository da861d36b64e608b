/**
 * The linear part beside GPT-2: a score of every word, pair of words and run of three or four characters of a text, hashed into
 * rows of one table. It knows how phrases did; GPT-2 adds what they mean. Row 0 is padding.
 */
import { hash32 } from '../../base/rng';
import { characterNGrams, wordNGrams } from '../baseline/n-grams';
import type { Graph, Value } from '../onnx/graph';
import { reshape } from '../onnx/ops';
import type { HashedFeatures } from './hashed-features';
import type { ParameterSource, ParameterSpec } from './parameters';
import { bag } from './wide';

export interface GramConfig {
  /** Rows of the table; row 0 is padding. */
  rows: number;
  /** What the score counts behind a prefix, where it competes with what goes with the prefix; alone it counts 1. */
  behindPrefix: number;
  /** Log-odds of a text that is all that an item of the prefix is (`nearness.ts`); absent where shared words count for nothing. */
  nearness?: number;
}

export interface GramInputs {
  /** int32 [K, G] and float32 [K, G]: the features of each text and their weights, 0 for padding. */
  features: Value;
  weights: Value;
}

/** Characters that are read: more than any headline has, little enough for a bounded cost. */
export const GRAM_CHARACTERS = 400;

export function gramParameters({ rows }: GramConfig): ParameterSpec[] {
  return [{ name: 'grams.linear', shape: [rows, 1], init: 'zeros' }];
}

/** The weights of nearness, which no graph holds. */
export function rarityParameter({ rows }: GramConfig): ParameterSpec {
  return { name: 'grams.rarity', shape: [rows], init: 'zeros' };
}

/** One logit per text, [K]. */
export function gramLogits(g: Graph, param: ParameterSource, { features, weights }: GramInputs): Value {
  return reshape(g, bag(g, param('grams.linear'), features, weights, 1), [features.shape[0]!]);
}

function rowOf(key: string, rows: number): number {
  return 1 + (hash32(key) % (rows - 1));
}

/** Features of a text; weights are counts over the root of the number of features, so that long texts do not score higher for being long. */
export function gramFeatures(text: string, rows: number): HashedFeatures {
  const read = text.slice(0, GRAM_CHARACTERS);
  const counts = new Map<number, number>();
  const put = (row: number): void => void counts.set(row, (counts.get(row) ?? 0) + 1);
  for (const words of wordNGrams(read, 1, 2)) put(rowOf(`w:${words}`, rows));
  for (const characters of characterNGrams(read, 3, 4)) put(rowOf(`c:${characters}`, rows));
  const scale = 1 / Math.sqrt(counts.size || 1);
  return { rows: Int32Array.from(counts.keys()), weights: Float32Array.from(counts.values(), (count) => count * scale) };
}
