/** Ranking examples, and the inputs of the ranking program made from them. */
import { packRows } from '../gpt2/pack-rows';
import type { Feeds, TensorValue } from '../runtime/session';

/** Hashed features: rows of the wide tables and their weights, of equal length. */
export interface Features {
  rows: ArrayLike<number>;
  weights: ArrayLike<number>;
}

export interface RankPair {
  /** Indices of the group's texts. */
  first: number;
  second: number;
  /** Probability that the first should win. */
  target: number;
  weight: number;
}

/** Texts that stand behind one prefix, and what is known about them. */
export interface RankExample {
  prefix: Int32Array;
  texts: Int32Array[];
  prefixFeatures: Features;
  textFeatures: Features[];
  /** One per text; a weight of 0 leaves the text out of the point loss. */
  points: { target: number; weight: number }[];
  pairs: RankPair[];
}

/** Tokens that an example takes when its prefix is shared by all of its texts. */
export function exampleLength(example: RankExample): number {
  return example.texts.reduce((sum, text) => sum + text.length, example.prefix.length);
}

export interface RankFeedOptions {
  rowBudget: number;
  positions: number;
  /** Which inputs the program has. */
  deep: boolean;
  wide: boolean;
}

/** Inputs of the ranker for some examples: candidates are numbered through, in the order of examples and texts. */
export function rankerFeeds(examples: readonly Pick<RankExample, 'prefix' | 'texts' | 'prefixFeatures' | 'textFeatures'>[], options: RankFeedOptions): Feeds {
  const feeds: Feeds = {};
  if (options.deep) {
    const packed = packRows(examples, { budget: options.rowBudget, positions: options.positions });
    const dims = [packed.rows, packed.length];
    feeds.ids = { dtype: 'int32', dims, data: packed.ids };
    feeds.segments = { dtype: 'int32', dims, data: packed.segments };
    feeds.positions = { dtype: 'int32', dims, data: packed.positions };
    feeds.rows = { dtype: 'int64', dims: [packed.ends.length], data: packed.ends };
  }
  if (options.wide) {
    const texts = examples.flatMap((e) => e.textFeatures);
    [feeds.text_features, feeds.text_weights] = featureTensors(texts);
    [feeds.prefix_features, feeds.prefix_weights] = featureTensors(examples.map((e) => e.prefixFeatures));
    const owners = examples.flatMap((e, i) => e.texts.map(() => BigInt(i)));
    feeds.prefix_of = { dtype: 'int64', dims: [owners.length], data: BigInt64Array.from(owners) };
  }
  return feeds;
}

/** The targets of the ranking program; weights are divided by their sums, so that points and pairs weigh as told. */
export function targetFeeds(examples: readonly RankExample[], balance: { points: number; pairs: number }): Feeds {
  const points = examples.flatMap((e) => e.points);
  const pairs: RankPair[] = [];
  let base = 0;
  for (const example of examples) {
    for (const pair of example.pairs) pairs.push({ ...pair, first: pair.first + base, second: pair.second + base });
    base += example.texts.length;
  }
  // A program's inputs are never empty: a pair of weight 0 stands in where there is none.
  if (pairs.length === 0) pairs.push({ first: 0, second: 0, target: 0.5, weight: 0 });
  const share = (weights: number[], part: number): number[] => {
    const sum = weights.reduce((a, b) => a + b, 0);
    return sum === 0 ? weights : weights.map((w) => (w * part) / sum);
  };
  return {
    point_targets: floats(points.map((p) => p.target)),
    point_weights: floats(share(points.map((p) => p.weight), balance.points)),
    pair_first: integers(pairs.map((p) => p.first)),
    pair_second: integers(pairs.map((p) => p.second)),
    pair_targets: floats(pairs.map((p) => p.target)),
    pair_weights: floats(share(pairs.map((p) => p.weight), balance.pairs)),
  };
}

function featureTensors(list: readonly Features[]): [TensorValue, TensorValue] {
  const width = Math.max(1, ...list.map((f) => f.rows.length));
  const rows = new Int32Array(list.length * width);
  const weights = new Float32Array(list.length * width);
  list.forEach((f, i) => {
    rows.set(f.rows, i * width);
    weights.set(f.weights, i * width);
  });
  const dims = [list.length, width];
  return [{ dtype: 'int32', dims, data: rows }, { dtype: 'float32', dims, data: weights }];
}

function floats(list: number[]): TensorValue {
  return { dtype: 'float32', dims: [list.length], data: Float32Array.from(list) };
}

function integers(list: number[]): TensorValue {
  return { dtype: 'int64', dims: [list.length], data: BigInt64Array.from(list, BigInt) };
}
