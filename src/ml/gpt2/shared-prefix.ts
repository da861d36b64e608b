/**
 * GPT-2 over candidates that share prefixes, for serving: each prefix is computed once, and its keys and values stand before all of its
 * candidates without a copy. Tokens are a plain list, so that no linear layer ever sees padding; only attention looks at them by slots.
 * In the last layer nothing is computed but what the candidates' last tokens read. `share-rows.ts` makes the inputs.
 *
 * R prefixes, P tokens of the longest, M candidates of the largest group, T tokens of the longest candidate, N tokens in all, K candidates.
 */
import type { Graph, Value } from '../onnx/graph';
import { add, concat, extentScalar, gather, geluTanh, layerNormalization, less, matmul, range, reshape, scale, softmax, split, transpose, where } from '../onnx/ops';
import { causalBias } from './attention';
import { headSize, type Gpt2Config } from './config';
import { linear } from './linear';
import type { ParameterSource } from './parameters';

export interface SharedInputs {
  /** int32 [N] tokens and their positions: those of all prefixes, then those of all candidates. */
  ids: Value;
  positions: Value;
  /** int64 [R, P] and [R, M, T]: which token stands in which slot; any token in a slot that is padding. */
  prefixSlots: Value;
  textSlots: Value;
  /** int64 [N]: the slot of each token, counted through the slots of the prefixes and then those of the candidates. */
  slotOf: Value;
  /** int64 [R] tokens of each prefix, and [R, M] of each candidate. */
  prefixLengths: Value;
  textLengths: Value;
  /** int64 [K]: the last token of each candidate. [R, M]: which of the K stands in which place. [K]: the place of each. */
  ends: Value;
  places: Value;
  placeOf: Value;
}

/** What every layer shares. */
interface Context {
  config: Gpt2Config;
  param: ParameterSource;
  inputs: SharedInputs;
  masks: Masks;
}

/** 0 where a query may look, very negative elsewhere. */
interface Masks {
  /** [P, P] and [T, T]: a token sees those before it. Padding stands behind every token, so that this hides it too. */
  prefixCausal: Value;
  textCausal: Value;
  /** [R, P] and [R, M, T]: padding, for queries that stand behind all of it. */
  prefixPadding: Value;
  textPadding: Value;
}

export function sharedInputs(g: Graph): SharedInputs {
  const index = (name: string, shape: string[]): Value => g.input(name, 'int64', shape);
  return {
    ids: g.input('ids', 'int32', ['N']),
    positions: g.input('positions', 'int32', ['N']),
    prefixSlots: index('prefix_slots', ['R', 'P']),
    textSlots: index('text_slots', ['R', 'M', 'T']),
    slotOf: index('slot_of', ['N']),
    prefixLengths: index('prefix_lengths', ['R']),
    textLengths: index('text_lengths', ['R', 'M']),
    ends: index('ends', ['K']),
    places: index('places', ['R', 'M']),
    placeOf: index('place_of', ['K']),
  };
}

/** Hidden states of the candidates' last tokens after the last normalisation: [K, C]. */
export function sharedBody(g: Graph, config: Gpt2Config, param: ParameterSource, inputs: SharedInputs): Value {
  const context: Context = { config, param, inputs, masks: masksOf(g, inputs) };
  let x = add(g, gather(g, param('wte.weight'), inputs.ids), gather(g, param('wpe.weight'), inputs.positions)); // [N, C]
  for (let layer = 0; layer < config.layers; layer++) {
    const last = layer === config.layers - 1;
    const projected = linear(g, norm(g, x, `h.${layer}.ln_1`, context), `h.${layer}.attn.c_attn`, param); // [N, 3C]
    const mixed = last ? attendLast(g, projected, context) : attend(g, projected, context);
    // After the last attention only the candidates' last tokens go on.
    if (last) x = gather(g, x, inputs.ends); // [K, C]
    x = add(g, x, linear(g, mixed, `h.${layer}.attn.c_proj`, param));
    const inner = geluTanh(g, linear(g, norm(g, x, `h.${layer}.ln_2`, context), `h.${layer}.mlp.c_fc`, param));
    x = add(g, x, linear(g, inner, `h.${layer}.mlp.c_proj`, param));
  }
  return norm(g, x, 'ln_f', context);
}

function norm(g: Graph, x: Value, name: string, { param, config }: Context): Value {
  return layerNormalization(g, x, param(`${name}.weight`), param(`${name}.bias`), config.layerNormEpsilon);
}

function masksOf(g: Graph, { prefixSlots, textSlots, prefixLengths, textLengths }: SharedInputs): Masks {
  const P = range(g, extentScalar(g, prefixSlots, 1), 'P');
  const T = range(g, extentScalar(g, textSlots, 2), 'T');
  const padding = (columns: Value, lengths: Value): Value => where(g, less(g, columns, lengths), g.literal('float32', 0), g.literal('float32', -1e9));
  return {
    prefixCausal: causalBias(g, P, P),
    textCausal: causalBias(g, T, T),
    prefixPadding: padding(P, reshape(g, prefixLengths, ['R', 1])),
    textPadding: padding(T, reshape(g, textLengths, ['R', 'M', 1], [textLengths])),
  };
}

/** Queries, keys and values of prefixes [R, NH, P, HS] and of candidates [R, NH, M, T, HS], from projected [N, 3C]. */
function heads(g: Graph, projected: Value, { config, inputs }: Context): { prefix: Heads; text: Heads } {
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const [q, k, v] = split(g, projected, 1, [C, C, C]) as [Value, Value, Value];
  const scaled = scale(g, q, 1 / Math.sqrt(HS));
  const inSlots = (x: Value, slots: Value): Value => {
    const byHead = reshape(g, gather(g, x, slots), [...slots.shape, NH, HS], [slots]);
    return transpose(g, byHead, slots.shape.length === 2 ? [0, 2, 1, 3] : [0, 3, 1, 2, 4]);
  };
  const [prefix, text] = [inputs.prefixSlots, inputs.textSlots].map((slots) => ({ q: inSlots(scaled, slots), k: inSlots(k, slots), v: inSlots(v, slots) })) as [Heads, Heads];
  return { prefix, text };
}

interface Heads {
  q: Value;
  k: Value;
  v: Value;
}

/** Attention of every token, [N, C]: prefixes among themselves, candidates over their prefix and themselves. */
function attend(g: Graph, projected: Value, context: Context): Value {
  const { config, inputs, masks } = context;
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const { prefix, text } = heads(g, projected, context);
  const within = softmax(g, add(g, matmul(g, prefix.q, transpose(g, prefix.k, [0, 1, 3, 2])), masks.prefixCausal)); // [R, NH, P, P]
  const ofPrefix = transpose(g, matmul(g, within, prefix.v), [0, 2, 1, 3]); // [R, P, NH, HS]

  // One product for all candidates of a prefix: their rows stand under each other.
  const queries = reshape(g, text.q, ['R', NH, 'MT', HS], [inputs.textSlots]);
  const toPrefix = add(
    g,
    reshape(g, matmul(g, queries, transpose(g, prefix.k, [0, 1, 3, 2])), ['R', NH, 'M', 'T', 'P'], [inputs.textSlots, inputs.prefixSlots]),
    reshape(g, masks.prefixPadding, ['R', 1, 1, 1, 'P'], [inputs.prefixSlots]),
  );
  const toOwn = add(g, matmul(g, text.q, transpose(g, text.k, [0, 1, 2, 4, 3])), masks.textCausal); // [R, NH, M, T, T]
  const [onPrefix, onOwn] = shares(g, toPrefix, toOwn, inputs.prefixSlots);
  const fromPrefix = matmul(g, reshape(g, onPrefix, ['R', NH, 'MT', 'P'], [inputs.prefixSlots]), prefix.v);
  const mixed = add(g, reshape(g, fromPrefix, ['R', NH, 'M', 'T', HS], [inputs.textSlots]), matmul(g, onOwn, text.v));
  const ofTexts = transpose(g, mixed, [0, 2, 3, 1, 4]); // [R, M, T, NH, HS]
  const slots = concat(g, [reshape(g, ofPrefix, ['RP', C]), reshape(g, ofTexts, ['RMT', C])], 0, 'slots');
  return gather(g, slots, inputs.slotOf);
}

/** Attention of the candidates' last tokens alone, [K, C]. */
function attendLast(g: Graph, projected: Value, context: Context): Value {
  const { config, inputs, masks } = context;
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const [q, k, v] = split(g, projected, 1, [C, C, C]) as [Value, Value, Value];
  const queries = gather(g, gather(g, scale(g, q, 1 / Math.sqrt(HS)), inputs.ends), inputs.places); // [R, M, C]
  const query = transpose(g, reshape(g, queries, ['R', 'M', NH, HS], [inputs.places]), [0, 2, 1, 3]); // [R, NH, M, HS]
  const inSlots = (x: Value, slots: Value, order: number[]): Value => transpose(g, reshape(g, gather(g, x, slots), [...slots.shape, NH, HS], [slots]), order);
  const prefix = { k: inSlots(k, inputs.prefixSlots, [0, 2, 3, 1]), v: inSlots(v, inputs.prefixSlots, [0, 2, 1, 3]) };
  const own = { k: inSlots(k, inputs.textSlots, [0, 3, 1, 4, 2]), v: inSlots(v, inputs.textSlots, [0, 3, 1, 2, 4]) };

  const toPrefix = add(g, matmul(g, query, prefix.k), reshape(g, masks.prefixPadding, ['R', 1, 1, 'P'], [inputs.prefixSlots])); // [R, NH, M, P]
  const single = reshape(g, query, ['R', NH, 'M', 1, HS], [inputs.places]);
  const padding = reshape(g, masks.textPadding, ['R', 1, 'M', 'T'], [inputs.textSlots]);
  const toOwn = add(g, reshape(g, matmul(g, single, own.k), ['R', NH, 'M', 'T'], [inputs.textSlots]), padding);
  const [onPrefix, onOwn] = shares(g, toPrefix, toOwn, inputs.prefixSlots);
  const fromOwn = matmul(g, reshape(g, onOwn, ['R', NH, 'M', 1, 'T'], [inputs.textSlots]), own.v); // [R, NH, M, 1, HS]
  const mixed = add(g, matmul(g, onPrefix, prefix.v), reshape(g, fromOwn, ['R', NH, 'M', HS], [inputs.places]));
  return gather(g, reshape(g, transpose(g, mixed, [0, 2, 1, 3]), ['RM', C]), inputs.placeOf);
}

/** The softmax over scores towards the prefix [..., P] and towards the candidate itself [..., T] together, in two parts again. */
function shares(g: Graph, toPrefix: Value, toOwn: Value, prefixSlots: Value): [Value, Value] {
  const last = toPrefix.shape.length - 1;
  const all = softmax(g, concat(g, [toPrefix, toOwn], last, 'S'));
  const P = g.one('Shape', [prefixSlots], 'int64', [1], { start: 1, end: 2 });
  const cut = (from: Value, to: Value, like: Value): Value => g.one('Slice', [all, from, to, g.literal('int64', [last])], 'float32', like.shape);
  return [cut(g.literal('int64', [0]), P, toPrefix), cut(P, g.literal('int64', [2 ** 31]), toOwn)];
}
