/**
 * The ranker: GPT-2 with a classification head at each candidate's last token, the wide part and the linear part beside it.
 * Training reads packed rows (`pack-rows.ts`), which autodiff follows; serving reads lists of tokens (`share-rows.ts`), which waste nothing.
 * Both give the same logits.
 */
import type { Graph, Value } from '../onnx/graph';
import { add } from '../onnx/ops';
import { gpt2Body } from './body';
import type { Dropout, Gpt2Config } from './config';
import { deviceBody, rowInputs, type RowInputs } from './device-body';
import { classifierLogit, classifierLogits } from './heads';
import { gramLogits, gramParameters, type GramConfig, type GramInputs } from './grams';
import { bodyParameters, classifierParameters, type ParameterSource, type ParameterSpec } from './parameters';
import { segmentBias } from './segments';
import { giveOut, sharedBody, sharedInputs, type SharedInputs } from './shared-prefix';
import { wideLogits, wideParameters, type WideConfig, type WideInputs } from './wide';

/** Which parts a ranker has; at least one. */
export interface RankerShape {
  body?: Gpt2Config;
  wide?: WideConfig;
  grams?: GramConfig;
}

export interface RankerInputs {
  /** Packed rows: ids, segments and positions [B, T]; rows int64 [K]: where in B T each candidate ends. */
  deep?: { ids: Value; segments: Value; positions: Value; rows: Value };
  /** The same candidates as lists of tokens: what serving reads. */
  shared?: SharedInputs;
  /** The same candidates in rows: what devices read. */
  rows?: RowInputs;
  wide?: WideInputs;
  grams?: GramInputs;
}

export function rankerParameters({ body, wide, grams }: RankerShape): ParameterSpec[] {
  return [
    ...(body ? [...bodyParameters(body), ...classifierParameters(body)] : []),
    ...(wide ? wideParameters(wide) : []),
    ...(grams ? gramParameters(grams) : []),
  ];
}

export function rankerInputs(g: Graph, { body, wide, grams }: RankerShape, layout: 'packed' | 'shared' | 'rows' = 'packed', buckets?: number): RankerInputs {
  const inputs: RankerInputs = {};
  if (body && layout === 'shared') inputs.shared = sharedInputs(g, body, buckets);
  if (body && layout === 'rows') inputs.rows = rowInputs(g);
  if (body && layout === 'packed') {
    inputs.deep = {
      ids: g.input('ids', 'int32', ['B', 'T']),
      segments: g.input('segments', 'int32', ['B', 'T']),
      positions: g.input('positions', 'int32', ['B', 'T']),
      rows: g.input('rows', 'int64', ['K']),
    };
  }
  if (wide) {
    inputs.wide = {
      textFeatures: g.input('text_features', 'int32', ['K', 'F']),
      textWeights: g.input('text_weights', 'float32', ['K', 'F']),
      prefixFeatures: g.input('prefix_features', 'int32', ['R', 'P']),
      prefixWeights: g.input('prefix_weights', 'float32', ['R', 'P']),
      prefixOf: g.input('prefix_of', 'int64', ['K']),
    };
  }
  if (grams) {
    inputs.grams = {
      features: g.input('gram_features', 'int32', ['K', 'G']),
      weights: g.input('gram_weights', 'float32', ['K', 'G']),
    };
  }
  return inputs;
}

/** One logit per candidate, [K]: the sum of the parts that the ranker has. */
export function rankerLogits(g: Graph, shape: RankerShape, param: ParameterSource, inputs: RankerInputs, dropout?: Dropout): Value {
  const parts: Value[] = [];
  if (shape.body && inputs.deep) {
    const { ids, segments, positions, rows } = inputs.deep;
    const { hidden } = gpt2Body(g, shape.body, param, { ids, positions, bias: segmentBias(g, ids, segments), dropout });
    parts.push(classifierLogits(g, hidden, rows, param));
  }
  if (shape.body && inputs.shared) {
    const { hidden, present } = sharedBody(g, shape.body, param, inputs.shared);
    giveOut(g, present);
    parts.push(classifierLogit(g, hidden, param));
  }
  if (shape.body && inputs.rows) parts.push(classifierLogit(g, deviceBody(g, shape.body, param, inputs.rows), param));
  if (shape.wide && inputs.wide) parts.push(wideLogits(g, shape.wide, param, inputs.wide));
  if (shape.grams && inputs.grams) parts.push(gramLogits(g, param, inputs.grams));
  return parts.reduce((sum, part) => add(g, sum, part));
}
