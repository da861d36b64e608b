/** Ranking examples, and the targets of the ranking program made from them. */
import type { RankGroup } from '../gpt2/rank-feeds';
import type { Feeds, TensorValue } from '../runtime/session';

export interface RankPair {
  /** Indices of the group's texts. */
  first: number;
  second: number;
  /** Probability that the first should win. */
  target: number;
  weight: number;
}

/** Texts that stand behind one prefix, and what is known about them. */
export interface RankExample extends RankGroup {
  /** One per text; a weight of 0 leaves the text out of the point loss. */
  points: { target: number; weight: number }[];
  pairs: RankPair[];
  /** One per text: what makes log-odds of the model's logit, scale x logit + shift. The logit itself where absent. */
  lines?: Line[];
}

export interface Line {
  scale: number;
  shift: number;
}

/** Tokens that an example takes when its prefix is shared by all of its texts. */
export function exampleLength(example: RankExample): number {
  return example.texts.reduce((sum, text) => sum + text.length, example.prefix.length);
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

/** The lines of all texts, as inputs of a program that has them. */
export function lineFeeds(examples: readonly RankExample[]): Feeds {
  const lines = examples.flatMap((e) => e.lines ?? e.texts.map((): Line => ({ scale: 1, shift: 0 })));
  return { line_scales: floats(lines.map((l) => l.scale)), line_shifts: floats(lines.map((l) => l.shift)) };
}

function floats(list: number[]): TensorValue {
  return { dtype: 'float32', dims: [list.length], data: Float32Array.from(list) };
}

function integers(list: number[]): TensorValue {
  return { dtype: 'int64', dims: [list.length], data: BigInt64Array.from(list, BigInt) };
}
