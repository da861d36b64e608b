/** The ranker's inputs for groups of texts, each group behind its prefix. */
import type { Feeds, TensorValue } from '../runtime/session';
import type { GramConfig } from './grams';
import { packRows } from './pack-rows';

/** Hashed features: rows of a table and their weights, of equal length. */
export interface Features {
  rows: ArrayLike<number>;
  weights: ArrayLike<number>;
}

/** Texts behind one prefix, as `encodePrefix` and `encodeText` give them. */
export interface RankGroup {
  prefix: Int32Array;
  prefixFeatures: Features;
  texts: Int32Array[];
  textFeatures: Features[];
  grams: Features[];
}

export interface RankFeedOptions {
  rowBudget: number;
  positions: number;
  /** Which inputs the program has. */
  deep: boolean;
  wide: boolean;
  grams?: GramConfig;
}

/** Inputs of the ranker in training, for some groups: candidates are numbered through, in the order of groups and texts. */
export function rankerFeeds(groups: readonly RankGroup[], options: RankFeedOptions): Feeds {
  const feeds: Feeds = {};
  if (options.deep) {
    const packed = packRows(groups, { budget: options.rowBudget, positions: options.positions });
    const dims = [packed.rows, packed.length];
    feeds.ids = { dtype: 'int32', dims, data: packed.ids };
    feeds.segments = { dtype: 'int32', dims, data: packed.segments };
    feeds.positions = { dtype: 'int32', dims, data: packed.positions };
    feeds.rows = { dtype: 'int64', dims: [packed.ends.length], data: packed.ends };
  }
  return { ...feeds, ...sideFeeds(groups, options) };
}

/** Inputs of the ranker's parts beside GPT-2, in training and serving. */
export function sideFeeds(groups: readonly RankGroup[], { wide, grams: config }: { wide: boolean; grams?: GramConfig }): Feeds {
  const feeds: Feeds = {};
  if (wide) {
    const texts = groups.flatMap((e) => e.textFeatures);
    [feeds.text_features, feeds.text_weights] = featureTensors(texts);
    [feeds.prefix_features, feeds.prefix_weights] = featureTensors(groups.map((e) => e.prefixFeatures));
    const owners = groups.flatMap((e, i) => e.texts.map(() => BigInt(i)));
    feeds.prefix_of = { dtype: 'int64', dims: [owners.length], data: BigInt64Array.from(owners) };
  }
  if (config) {
    const { behindPrefix } = config;
    const grams = groups.flatMap((g) => g.grams.map((f) => ({ ...f, gain: g.prefixFeatures.rows.length > 0 ? behindPrefix : 1 })));
    [feeds.gram_features, feeds.gram_weights] = featureTensors(grams);
  }
  return feeds;
}

function featureTensors(list: readonly (Features & { gain?: number })[]): [TensorValue, TensorValue] {
  const width = Math.max(1, ...list.map((f) => f.rows.length));
  const rows = new Int32Array(list.length * width);
  const weights = new Float32Array(list.length * width);
  list.forEach((f, i) => {
    rows.set(f.rows, i * width);
    for (let k = 0; k < f.weights.length; k++) weights[i * width + k] = f.weights[k]! * (f.gain ?? 1);
  });
  const dims = [list.length, width];
  return [{ dtype: 'int32', dims, data: rows }, { dtype: 'float32', dims, data: weights }];
}
