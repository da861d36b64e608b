/** The graphs that serve: weights are constants in the model file. */
import { Graph, type Value } from '../onnx/graph';
import { cast, extentScalar, reshape, where } from '../onnx/ops';
import { serialize } from '../onnx/serialize';
import { causalBias, type KeyValue } from './attention';
import { gpt2Body } from './body';
import { headSize, type Gpt2Config } from './config';
import { headOf, languageModelLogits } from './heads';
import { parametersAsConstants, type Weights } from './parameters';
import { rankerInputs, rankerLogits, type RankerShape } from './ranker';
import { BUCKETS } from './shared-prefix';

/**
 * The ranker that serves. Lists of tokens in (`share-rows.ts`), one logit per candidate out: `logits` float32 [K]; and the prefixes' keys
 * and values, `present.<layer>.key` and `.value`, [G, NH, S, HS], which a later run may be given as `past`.
 * @param buckets of `sharedInputs`; `sharedFeeds` must be told the same
 */
export function rankerGraph(shape: RankerShape, weights: Weights, buckets = BUCKETS): Uint8Array {
  return serialize(buildRankerGraph(shape, weights, buckets));
}

export function buildRankerGraph(shape: RankerShape, weights: Weights, buckets = BUCKETS): Graph {
  const g = new Graph('gpt2-ranker');
  g.output('logits', rankerLogits(g, shape, parametersAsConstants(g, weights), rankerInputs(g, shape, 'shared', buckets)));
  return g;
}

/** The ranker for devices: rows in (`device-rows.ts`), `logits` [K] out, and nothing else. */
export function buildDeviceRankerGraph(shape: RankerShape, weights: Weights): Graph {
  const g = new Graph('gpt2-ranker-rows');
  g.output('logits', rankerLogits(g, shape, parametersAsConstants(g, weights), rankerInputs(g, shape, 'rows')));
  return g;
}

/**
 * The language model in the layout that transformers.js and Optimum run: input_ids, attention_mask and position_ids
 * int64, past keys and values [B, NH, P, HS] per layer; out come logits [B, T, V] and the present keys and values.
 */
export function languageModelGraph(config: Gpt2Config, weights: Weights): Uint8Array {
  return serialize(buildLanguageModelGraph(config, weights));
}

export function buildLanguageModelGraph(config: Gpt2Config, weights: Weights): Graph {
  const g = new Graph('gpt2-language-model');
  const param = parametersAsConstants(g, weights);
  const ids = g.input('input_ids', 'int64', ['B', 'T']);
  const mask = g.input('attention_mask', 'int64', ['B', 'S']);
  const positions = g.input('position_ids', 'int64', ['B', 'T']);
  const cache = ['B', config.heads, 'P', headSize(config)];
  const past: KeyValue[] = Array.from({ length: config.layers }, (_, layer) => ({
    key: g.input(`past_key_values.${layer}.key`, 'float32', cache),
    value: g.input(`past_key_values.${layer}.value`, 'float32', cache),
  }));
  const { hidden, present } = gpt2Body(g, config, param, { ids, positions, past, bias: maskedBias(g, ids, mask) });
  g.output('logits', reshape(g, languageModelLogits(g, hidden, param, headOf(weights)), ['B', 'T', config.vocabulary], [ids]));
  present.forEach(({ key, value }, layer) => {
    g.output(`present.${layer}.key`, key);
    g.output(`present.${layer}.value`, value);
  });
  return g;
}

/** Causal over past and present, and nothing that the mask hides: ids [B, T], mask int64 [B, S] -> [B, 1, T, S]. */
function maskedBias(g: Graph, ids: Value, mask: Value): Value {
  const T = extentScalar(g, ids, 1);
  const S = extentScalar(g, mask, 1);
  const zero = g.literal('int64', 0);
  const one = g.literal('int64', 1);
  const columns = g.one('Range', [zero, S, one], 'int64', ['S']);
  const rows = g.one('Range', [g.one('Sub', [S, T], 'int64', []), S, one], 'int64', ['T']);
  const causal = causalBias(g, rows, columns); // [T, S]
  const visible = cast(g, reshape(g, mask, ['B', 1, 1, 'S'], [mask]), 'bool');
  return where(g, visible, causal, g.literal('float32', -1e9));
}
