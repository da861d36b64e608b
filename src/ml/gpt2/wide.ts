/**
 * The wide part beside GPT-2 (after Cheng et al. 2016): hashed features of prefix and text, and the inner product of two sums of
 * embeddings. It remembers what a small language model cannot: which titles go together.
 */
import type { Graph, Value } from '../onnx/graph';
import { add, gather, mul, reduceSum, reshape } from '../onnx/ops';
import type { Dim } from '../onnx/shape';
import type { ParameterSource, ParameterSpec } from './parameters';

export interface WideConfig {
  /** Rows of each table; a feature is a row. Row 0 is padding. */
  buckets: number;
  /** Size of the embeddings. */
  dimensions: number;
}

export function wideParameters({ buckets, dimensions }: WideConfig): ParameterSpec[] {
  return [
    { name: 'wide.text', shape: [buckets, dimensions], init: 'normal' },
    { name: 'wide.prefix', shape: [buckets, dimensions], init: 'normal' },
    { name: 'wide.bias', shape: [1], init: 'zeros' },
  ];
}

export interface WideInputs {
  /** int32 [K, F] and float32 [K, F]: the features of each text and their weights, 0 for padding. */
  textFeatures: Value;
  textWeights: Value;
  /** int32 [R, P] and float32 [R, P]: the same of each prefix. */
  prefixFeatures: Value;
  prefixWeights: Value;
  /** int64 [K]: which prefix a text stands behind. */
  prefixOf: Value;
}

/** One logit per text, [K]. */
export function wideLogits(g: Graph, { dimensions: D }: WideConfig, param: ParameterSource, inputs: WideInputs): Value {
  const text = bag(g, param('wide.text'), inputs.textFeatures, inputs.textWeights, D); // [K, D]
  const prefix = bag(g, param('wide.prefix'), inputs.prefixFeatures, inputs.prefixWeights, D); // [R, D]
  const affinity = reduceSum(g, mul(g, text, gather(g, prefix, inputs.prefixOf)), [1]); // [K]
  return add(g, affinity, param('wide.bias'));
}

/** The weighted sum of each row's features: [R, F] -> [R, D]. */
export function bag(g: Graph, table: Value, features: Value, weights: Value, D: number): Value {
  const [R, F] = features.shape as [Dim, Dim];
  const rows = reshape(g, gather(g, table, features), [R, F, D], [features]);
  return reduceSum(g, mul(g, rows, reshape(g, weights, [R, F, 1], [features])), [1]);
}
