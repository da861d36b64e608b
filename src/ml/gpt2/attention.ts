import type { Graph, Value } from '../onnx/graph';
import { concat, expand, lessOrEqual, matmul, reshape, scale, softmax, split, transpose, where } from '../onnx/ops';
import { headSize, type Gpt2Config } from './config';
import { linear } from './linear';
import type { ParameterSource } from './parameters';

/** Keys and values of one layer, each [B, NH, S, HS]. */
export interface KeyValue {
  key: Value;
  value: Value;
}

/** What the attention of every layer shares. */
export interface AttentionContext {
  config: Gpt2Config;
  param: ParameterSource;
  /** Token ids [B, T]: the source of extents that have only names. */
  ids: Value;
  /** 0 where a query may look, very negative elsewhere; broadcasts to [B, NH, T, S]. */
  bias: Value;
}

/**
 * Causal multi-head self-attention of one layer.
 * x [N, C] with N = B T; `past` [B, NH, P, HS] (or [1, NH, P, HS], shared by the batch) stands before it.
 * Returns the projected output [N, C] and the keys and values of past and present together.
 */
export function attention(g: Graph, x: Value, layer: number, context: AttentionContext, past?: KeyValue): { output: Value; present: KeyValue } {
  const { config, param, ids } = context;
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const [B, T] = ids.shape as [Value['shape'][0], Value['shape'][0]];

  const projected = linear(g, x, `h.${layer}.attn.c_attn`, param); // [N, 3C]
  const [q, k, v] = split(g, projected, 1, [C, C, C]).map((part) =>
    transpose(g, reshape(g, part, [B, T, NH, HS], [ids]), [0, 2, 1, 3]), // [B, NH, T, HS]
  ) as [Value, Value, Value];
  const key = past ? joinPast(g, past.key, k, ids) : k;
  const value = past ? joinPast(g, past.value, v, ids) : v;

  const scores = matmul(g, scale(g, q, 1 / Math.sqrt(HS)), transpose(g, key, [0, 1, 3, 2])); // [B, NH, T, S]
  const weights = softmax(g, g.one('Add', [scores, context.bias], 'float32', scores.shape));
  const mixed = transpose(g, matmul(g, weights, value), [0, 2, 1, 3]); // [B, T, NH, HS]
  const flat = reshape(g, mixed, [x.shape[0]!, C]);
  return { output: linear(g, flat, `h.${layer}.attn.c_proj`, param), present: { key, value } };
}

/** [B or 1, NH, P, HS] and [B, NH, T, HS] -> [B, NH, S, HS] with S = P + T. */
function joinPast(g: Graph, past: Value, now: Value, ids: Value): Value {
  const [B, NH, , HS] = now.shape as [Value['shape'][0], number, Value['shape'][0], number];
  const wide = past.shape[0] === B ? past : expand(g, past, [B, NH, past.shape[2]!, HS], [ids, past]);
  return concat(g, [wide, now], 2, 'S');
}

/** [rows, columns]: 0 where `column <= row` (both int64 positions), -1e9 elsewhere. */
export function causalBias(g: Graph, rows: Value, columns: Value): Value {
  const row = reshape(g, rows, [...rows.shape, 1], [rows]);
  return where(g, lessOrEqual(g, columns, row), g.literal('float32', 0), g.literal('float32', -1e9));
}
