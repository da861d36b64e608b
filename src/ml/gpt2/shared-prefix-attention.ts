/**
 * Attention over a stream of tokens: prefixes, and candidates that each see their prefix and themselves.
 * Keys and values of a prefix exist once and are broadcast over its candidates; nothing is copied per candidate.
 * Letters: N tokens of the stream, G prefixes, P their tokens, S those and the cached ones, K candidates, Kb and Tb those of one prefix in
 * bucket b and their tokens, Q queries of each.
 */
import type { Graph, Value } from '../onnx/graph';
import { add, concat, gather, lessOrEqual, matmul, range, reshape, scale, softmax, split, transpose, where, extentScalar } from '../onnx/ops';
import { causalBias, type KeyValue } from './attention';
import { headSize, type Gpt2Config } from './config';
import { linear } from './linear';
import type { ParameterSource } from './parameters';

const NEVER = -1e9;

/** Candidates of about one length, laid out as cells that hold places in the stream; -1 is padding. */
export interface Bucket {
  /** int32 [G, Kb, Tb]. */
  cells: Value;
  /** int32 [G, Kb]: which of the candidates' last tokens, in the order of `ends`. */
  lasts: Value;
}

export interface StreamLayout {
  /** int32 [G, P]: places of prefix tokens in the stream; -1 is padding, at the end. */
  prefix: Value;
  buckets: readonly Bucket[];
  /** int32 [N]: for each token of the stream, its place among the cells of prefixes and buckets in turn. */
  restore: Value;
  /** int32 [K]: each candidate's last token in the stream. */
  ends: Value;
  /** int32 [K]: for each candidate, its place among the `lasts` of the buckets in turn. */
  restoreEnds: Value;
}

/** What every layer shares: biases and shapes that depend on the layout alone. */
export interface StreamContext {
  config: Gpt2Config;
  param: ParameterSource;
  layout: StreamLayout;
  /** [P, S]: prefix tokens among themselves, behind those that were cached. */
  prefixBias: Value;
  buckets: readonly BucketContext[];
}

interface BucketContext extends Bucket {
  /** [G, 1, 1, T, S + T] for all tokens, [G, 1, K, 1, S + T] for the last ones. */
  bias: Value;
  lastBias: Value;
  /** int64 shapes: queries [G, NH, K T, HS], scores [G, NH, K, T, S], and with one query per candidate [G, NH, K, 1, S]. */
  rows: Value;
  scores: Value;
  lastRows: Value;
  lastScores: Value;
  extents: { K: string; T: string; U: string };
}

/** @param past one layer's cached keys, [G, NH, C, HS], for their extent */
export function streamContext(g: Graph, config: Gpt2Config, param: ParameterSource, layout: StreamLayout, past: Value): StreamContext {
  const [NH, HS] = [config.heads, headSize(config)];
  const { prefix } = layout;
  const cached = extentScalar(g, past, 2);
  const zero = g.literal('int32', 0);
  const bias = (visible: Value): Value => where(g, visible, g.literal('float32', 0), g.literal('float32', NEVER));
  const present = (cells: Value): Value => lessOrEqual(g, zero, cells);

  const positions = range(g, extentScalar(g, prefix, 1), 'P');
  const total = g.one('Add', [extentScalar(g, prefix, 1), cached], 'int64', []);
  const prefixBias = causalBias(g, add(g, positions, cached), range(g, total, 'S'));

  const own = bias(present(prefix)); // [G, P]
  const extent = (v: Value, axis: number): Value => g.one('Shape', [v], 'int64', [1], { start: axis, end: axis + 1 });
  const [G, C] = [extent(prefix, 0), extent(past, 2)];
  const behind = g.one('Expand', [g.literal('float32', 0), concat(g, [G, C], 0)], 'float32', ['G', 'C']);
  const prefixMask = concat(g, [behind, own], 1, 'S'); // [G, S]
  const S = extent(prefixMask, 1);

  const buckets = layout.buckets.map((bucket, b): BucketContext => {
    const extents = { K: `K${b}`, T: `T${b}`, U: `U${b}` };
    const [K, T] = [extent(bucket.cells, 1), extent(bucket.cells, 2)];
    const shape = (...parts: (number | Value)[]): Value => concat(g, parts.map((p) => (typeof p === 'number' ? g.literal('int64', [p]) : p)), 0);
    const spread = (mask: Value, to: Value, dims: (string | number)[]): Value => g.one('Expand', [mask, to], 'float32', dims);
    const wide = exactReshape(g, prefixMask, shape(G, 1, 1, 1, S), ['G', 1, 1, 1, 'S']);
    const columns = range(g, extentScalar(g, bucket.cells, 2), extents.T);
    const causal = spread(causalBias(g, columns, columns), shape(G, 1, 1, T, T), ['G', 1, 1, extents.T, extents.T]);
    const there = exactReshape(g, bias(present(bucket.cells)), shape(G, 1, K, 1, T), ['G', 1, extents.K, 1, extents.T]);
    return {
      ...bucket,
      extents,
      bias: concat(g, [spread(wide, shape(G, 1, 1, T, S), ['G', 1, 1, extents.T, 'S']), causal], 4, extents.U),
      lastBias: concat(g, [spread(wide, shape(G, 1, K, 1, S), ['G', 1, extents.K, 1, 'S']), there], 4, extents.U),
      rows: shape(G, NH, g.one('Mul', [K, T], 'int64', [1]), HS),
      scores: shape(G, NH, K, T, S),
      lastRows: shape(G, NH, K, HS),
      lastScores: shape(G, NH, K, 1, S),
    };
  });
  return { config, param, layout, prefixBias, buckets };
}

/** Queries, keys and values of every token: x [N, C] -> output [N, C] and each prefix's keys and values, [G, NH, S, HS]. */
export function streamAttention(g: Graph, x: Value, layer: number, context: StreamContext, past: KeyValue): { output: Value; present: KeyValue } {
  const { config, param, layout } = context;
  const C = config.channels;
  const name = (suffix: string): string => `h.${layer}.attn.${suffix}`;
  const { queries, projected } = project(g, x, name('c_attn'), context);

  const ofPrefix = parts(g, transpose(g, gather(g, projected, layout.prefix), [2, 0, 3, 1, 4]), 2); // [G, NH, P, HS]
  const present = behindPast(g, past, ofPrefix[0]!, ofPrefix[1]!);
  const asked = transpose(g, gather(g, queries, layout.prefix), [0, 2, 1, 3]);
  const scores = matmul(g, asked, transpose(g, present.key, [0, 1, 3, 2])); // [G, NH, P, S]
  const prefix = matmul(g, softmax(g, add(g, scores, context.prefixBias)), present.value);
  const mixed = [reshape(g, transpose(g, prefix, [0, 2, 1, 3]), ['N', C])];

  for (const bucket of context.buckets) {
    const [key, value] = parts(g, transpose(g, gather(g, projected, bucket.cells), [3, 0, 4, 1, 2, 5]), 2) as [Value, Value];
    const query = transpose(g, gather(g, queries, bucket.cells), [0, 3, 1, 2, 4]); // [G, NH, Kb, Tb, HS]
    const cells = attend(g, { query, key, value, rows: bucket.rows, scores: bucket.scores, bias: bucket.bias }, present, bucket.extents);
    mixed.push(reshape(g, transpose(g, cells, [0, 2, 3, 1, 4]), ['N', C]));
  }
  const stream = gather(g, concat(g, mixed, 0, 'N'), layout.restore);
  return { output: linear(g, stream, name('c_proj'), param), present };
}

/** The last layer: only candidates' last tokens ask. x [N, C] -> output [K, C]. */
export function lastAttention(g: Graph, x: Value, layer: number, context: StreamContext, past: KeyValue): { output: Value; present: KeyValue } {
  const { config, param, layout } = context;
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const name = (suffix: string): string => `h.${layer}.attn.${suffix}`;
  const { queries: all, projected } = project(g, x, name('c_attn'), context);
  const queries = gather(g, all, layout.ends); // [K, NH, HS]
  const ofPrefix = parts(g, transpose(g, gather(g, projected, layout.prefix), [2, 0, 3, 1, 4]), 2); // [G, NH, P, HS]
  const present = behindPast(g, past, ofPrefix[0]!, ofPrefix[1]!);
  const mixed = context.buckets.map((bucket) => {
    const [key, value] = parts(g, transpose(g, gather(g, projected, bucket.cells), [3, 0, 4, 1, 2, 5]), 2) as [Value, Value];
    const byHead = transpose(g, gather(g, queries, bucket.lasts), [0, 2, 1, 3]); // [G, NH, K, HS]
    const asking = g.one('Unsqueeze', [byHead, g.literal('int64', [3])], 'float32', ['G', NH, bucket.extents.K, 1, HS]);
    const cells = attend(g, { query: asking, key, value, rows: bucket.lastRows, scores: bucket.lastScores, bias: bucket.lastBias }, present, { ...bucket.extents, T: 1 });
    return reshape(g, transpose(g, cells, [0, 2, 3, 1, 4]), ['K', C]);
  });
  const rows = gather(g, concat(g, mixed, 0, 'K'), layout.restoreEnds);
  return { output: linear(g, rows, name('c_proj'), param), present };
}

interface Asking {
  /** [G, NH, K, Q, HS] with Q = T or 1. */
  query: Value;
  /** [G, NH, K, T, HS]. */
  key: Value;
  value: Value;
  rows: Value;
  scores: Value;
  bias: Value;
}

/** Each candidate over its prefix and itself: [G, NH, K, Q, HS]. One product meets the prefix, for all candidates together. */
function attend(g: Graph, { query, key, value, rows, scores, bias }: Asking, prefix: KeyValue, { K, T: Q, U }: { K: string; T: string | 1; U: string }): Value {
  const [G, NH, , , HS] = query.shape as [string, number, string, string, number];
  const asked = exactReshape(g, query, rows, [G, NH, 'R', HS]);
  const behind = exactReshape(g, matmul(g, asked, transpose(g, prefix.key, [0, 1, 3, 2])), scores, [G, NH, K, Q, 'S']);
  const own = matmul(g, query, transpose(g, key, [0, 1, 2, 4, 3])); // [G, NH, K, Q, T]
  const weights = softmax(g, add(g, concat(g, [behind, own], 4, U), bias));
  const lengths = concat(g, [shapeEnd(g, behind), shapeEnd(g, own)], 0);
  const [toPrefix, toOwn] = g.node('Split', [weights, lengths], [{ dtype: 'float32', shape: behind.shape }, { dtype: 'float32', shape: own.shape }], { axis: 4 }) as [Value, Value];
  const flat = g.one('Concat', [g.one('Shape', [asked], 'int64', [3], { start: 0, end: 3 }), shapeEnd(g, behind)], 'int64', [4], { axis: 0 });
  const fromPrefix = matmul(g, exactReshape(g, toPrefix, flat, [G, NH, 'R', 'S']), prefix.value); // [G, NH, R, HS]
  const back = g.one('Shape', [query], 'int64', [5]);
  return add(g, exactReshape(g, fromPrefix, back, query.shape), matmul(g, toOwn, value));
}

function shapeEnd(g: Graph, v: Value): Value {
  return g.one('Shape', [v], 'int64', [1], { start: v.shape.length - 1, end: v.shape.length });
}

/** Keys and values of the prefix's own tokens behind those that were cached. */
function behindPast(g: Graph, past: KeyValue, key: Value, value: Value): KeyValue {
  return { key: concat(g, [past.key, key], 2, 'S'), value: concat(g, [past.value, value], 2, 'S') };
}

/** x [n, ...] -> n values [...]. */
function parts(g: Graph, x: Value, n: number): Value[] {
  return Array.from({ length: n }, (_, i) => g.one('Gather', [x, g.literal('int64', i)], x.dtype, x.shape.slice(1), { axis: 0 }));
}

/** Scaled queries [N, NH, HS], and keys and values [N, 2, NH, HS]. */
function project(g: Graph, x: Value, name: string, { config, param }: StreamContext): { queries: Value; projected: Value } {
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const [query, others] = split(g, linear(g, x, name, param), 1, [C, 2 * C]) as [Value, Value];
  return { queries: reshape(g, scale(g, query, 1 / Math.sqrt(HS)), ['N', NH, HS]), projected: reshape(g, others, ['N', 2, NH, HS]) };
}

/** Reshape where an extent may be 0. */
function exactReshape(g: Graph, x: Value, vector: Value, shape: Value['shape']): Value {
  return g.one('Reshape', [x, vector], x.dtype, shape, { allowzero: 1 });
}
