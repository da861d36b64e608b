/** GPT-2 (Radford et al. 2019) without a head, as ops. Read `attention.ts` next. */
import type { Graph, Value } from '../onnx/graph';
import { add, dropout, extentScalar, gather, geluTanh, layerNormalization, range, reshape } from '../onnx/ops';
import type { Dim } from '../onnx/shape';
import { attention, causalBias, type AttentionContext, type KeyValue } from './attention';
import type { Dropout, Gpt2Config } from './config';
import { linear } from './linear';
import type { ParameterSource } from './parameters';

export interface BodyInputs {
  /** int32 or int64 [B, T]. */
  ids: Value;
  /** [B, T, C]: stand in the place of the token embeddings of `ids`, which then give extents alone. */
  embeddings?: Value;
  /** int64 [T] or [B, T]; 0, 1, ... when absent. */
  positions?: Value;
  /** Added to attention scores; causal over the T tokens when absent. */
  bias?: Value;
  /** One per layer, standing before the tokens. */
  past?: readonly KeyValue[];
  /** Attention of a layer that stands in for the plain one: x [N, C] -> [N, C]. Then nothing is present afterwards. */
  attend?: (x: Value, layer: number) => Value;
  dropout?: Dropout;
}

export interface BodyOutputs {
  /** After the last normalisation: [N, C] with N = B T. */
  hidden: Value;
  /** Token embeddings before positions are added, [B, T, C]: what explanations differentiate with respect to. */
  embeddings: Value;
  present: KeyValue[];
}

/** The runtime counts a node's seed up with every run: streams start so far apart that none runs into the next. */
export const MASK_STREAM = 1 << 20;

export function gpt2Body(g: Graph, config: Gpt2Config, param: ParameterSource, inputs: BodyInputs): BodyOutputs {
  const { ids } = inputs;
  const [B, T] = ids.shape as [Dim, Dim];
  const N = typeof B === 'number' && typeof T === 'number' ? B * T : 'N';
  let masks = 0;
  const drop = (x: Value): Value => (inputs.dropout ? dropout(g, x, inputs.dropout.ratio, inputs.dropout.seed + masks++ * MASK_STREAM) : x);
  const norm = (x: Value, name: string): Value => layerNormalization(g, x, param(`${name}.weight`), param(`${name}.bias`), config.layerNormEpsilon);

  const positions = inputs.positions ?? range(g, extentScalar(g, ids, 1), T);
  const context: AttentionContext = { config, param, ids, bias: inputs.bias ?? causalBias(g, positions, positions) };
  const embeddings = inputs.embeddings ?? gather(g, param('wte.weight'), ids);
  let x = drop(reshape(g, add(g, embeddings, gather(g, param('wpe.weight'), positions)), [N, config.channels]));
  const present: KeyValue[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    const normed = norm(x, `h.${layer}.ln_1`);
    const attended = inputs.attend ? { output: inputs.attend(normed, layer) } : attention(g, normed, layer, context, inputs.past?.[layer]);
    if ('present' in attended) present.push(attended.present);
    x = add(g, x, drop(attended.output));
    x = add(g, x, drop(feedForward(g, norm(x, `h.${layer}.ln_2`), layer, param)));
  }
  return { hidden: norm(x, 'ln_f'), embeddings, present };
}

/** Two linear maps with a GELU between: [N, C] -> [N, 4C] -> [N, C]. */
export function feedForward(g: Graph, x: Value, layer: number, param: ParameterSource): Value {
  const inner = geluTanh(g, linear(g, x, `h.${layer}.mlp.c_fc`, param));
  return linear(g, inner, `h.${layer}.mlp.c_proj`, param);
}
