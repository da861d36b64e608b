/**
 * The graph that writes: many rows go on from one prompt. What was read and written so far comes in as keys and values, of the
 * prompt once for all rows and of each row its own; out come the logits of each row's last token and what must be kept of the new tokens.
 * One graph reads the prompt (one row, many tokens) and takes steps (many rows, one token each), so that the weights are held once.
 */
import { Graph, type Value } from '../onnx/graph';
import { add, cast, concat, exp, extentScalar, gather, gemm, matmul, mul, reduceMax, reduceSum, reshape, scale, softmax, split, sub, transpose } from '../onnx/ops';
import { serialize } from '../onnx/serialize';
import { gpt2Body } from './body';
import { headSize, type Gpt2Config } from './config';
import { headOf, languageModelLogits } from './heads';
import { parametersAsConstants, type ParameterSource, type Weights } from './parameters';

/**
 * Inputs: `ids`, `positions` int64 [B, T]; `bias` float32 [B, 1, T, P + S + T], added to the scores of prompt, own past and new
 * tokens in that order; per layer `prompt.<l>.key`, `.value` [1, NH, P, HS] and `rows.<l>.key`, `.value` [B, NH, S, HS].
 * P and S are at least 1: a slot that holds nothing is hidden by the bias.
 * `sharpness` float32, 1 / temperature.
 * Outputs: `logits` [B, V] of each row's last token; `summary` [B, 5], the largest logit m,
 * sum e^(logit - m) and sum e^(sharpness (logit - m)), each in two parts to be added; `kept` [B, T, L, 2, C], keys and values of the new tokens.
 */
export function continuationGraph(config: Gpt2Config, weights: Weights): Uint8Array {
  return serialize(buildContinuationGraph(config, weights));
}

export function buildContinuationGraph(config: Gpt2Config, weights: Weights): Graph {
  const { channels: C, heads: NH, layers: L } = config;
  const g = new Graph('gpt2-continuation');
  const param = parametersAsConstants(g, weights);
  const ids = g.input('ids', 'int64', ['B', 'T']);
  const positions = g.input('positions', 'int64', ['B', 'T']);
  const bias = g.input('bias', 'float32', ['B', 1, 'T', 'W']);
  const kept: Value[] = [];
  let widths: Value | undefined;
  const attend = (x: Value, layer: number): Value => {
    const pair = (of: string, shape: (string | number)[]): [Value, Value] => [g.input(`${of}.${layer}.key`, 'float32', shape), g.input(`${of}.${layer}.value`, 'float32', shape)];
    const prompt = pair('prompt', [1, NH, 'P', headSize(config)]);
    const rows = pair('rows', ['B', NH, 'S', headSize(config)]);
    // How many of the W scores belong to each: the same in every layer.
    widths ??= concat(g, [extent(g, prompt[0], 2), extent(g, rows[0], 2), extent(g, ids, 1)], 0);
    const { output, key, value } = attention(g, x, layer, { config, param, ids, bias, widths, prompt, rows });
    kept.push(key, value);
    return output;
  };
  const { hidden } = gpt2Body(g, config, param, { ids, positions, bias, attend });
  const last = sub(g, extentScalar(g, ids, 1), g.literal('int64', 1));
  const ends = gather(g, reshape(g, hidden, ['B', 'T', C], [ids]), last, 1); // [B, C]
  const logits = languageModelLogits(g, ends, param, headOf(weights));
  g.output('logits', logits);
  const max = reduceMax(g, logits, [1], true);
  const above = sub(g, logits, max);
  const sums = [above, mul(g, above, g.input('sharpness', 'float32', []))].flatMap((x) => sumOfExponentials(g, x));
  g.output('summary', concat(g, [max, ...sums], 1));
  g.output('kept', reshape(g, concat(g, kept, 1), ['B', 'T', L, 2, C], [ids]));
  return g;
}

/**
 * sum e^x of each row, [B, V] -> [B, 1] twice: the sum, and what it lacks for being a 32-bit number. Where a nucleus ends hangs on
 * differences between tokens that are nearly as likely as each other: the sum of a softmax in 32 bits errs by 1e-5, this by 1e-9.
 */
function sumOfExponentials(g: Graph, x: Value): [Value, Value] {
  const sum = reduceSum(g, cast(g, exp(g, x), 'float64'), [1], true);
  const rounded = cast(g, sum, 'float32');
  return [rounded, cast(g, sub(g, sum, cast(g, rounded, 'float64')), 'float32')];
}

interface Context {
  config: Gpt2Config;
  param: ParameterSource;
  ids: Value;
  bias: Value;
  widths: Value;
  prompt: readonly [key: Value, value: Value];
  rows: readonly [key: Value, value: Value];
}

/** x [N, C] -> output [N, C], and keys and values of the new tokens, each [N, C]. One softmax over prompt, own past and new tokens. */
function attention(g: Graph, x: Value, layer: number, context: Context): { output: Value; key: Value; value: Value } {
  const { config, param, ids, bias, widths, prompt, rows } = context;
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const name = (suffix: string): string => `h.${layer}.attn.${suffix}`;
  const projected = gemm(g, x, param(name('c_attn.weight')), param(name('c_attn.bias'))); // [N, 3C]
  const [q, key, value] = split(g, projected, 1, [C, C, C]) as [Value, Value, Value];
  const heads = (part: Value): Value => transpose(g, reshape(g, part, ['B', 'T', NH, HS], [ids]), [0, 2, 1, 3]); // [B, NH, T, HS]
  const [query, newKey, newValue] = [scale(g, heads(q), 1 / Math.sqrt(HS)), heads(key), heads(value)];
  const score = (keys: Value): Value => matmul(g, query, transpose(g, keys, [0, 1, 3, 2]));
  const scores = concat(g, [score(prompt[0]), score(rows[0]), score(newKey)], 3, 'W'); // [B, NH, T, W]
  const weights = softmax(g, add(g, scores, bias));
  const part = (extent: string): { dtype: 'float32'; shape: (string | number)[] } => ({ dtype: 'float32', shape: ['B', NH, 'T', extent] });
  const [toPrompt, toRows, toNew] = g.node('Split', [weights, widths], [part('P'), part('S'), part('T')], { axis: 3 }) as [Value, Value, Value];
  const mixed = add(g, add(g, matmul(g, toPrompt, prompt[1]), matmul(g, toRows, rows[1])), matmul(g, toNew, newValue)); // [B, NH, T, HS]
  const flat = reshape(g, transpose(g, mixed, [0, 2, 1, 3]), [x.shape[0]!, C]);
  return { output: gemm(g, flat, param(name('c_proj.weight')), param(name('c_proj.bias'))), key, value };
}

function extent(g: Graph, x: Value, axis: number): Value {
  return g.one('Shape', [x], 'int64', [1], { start: axis, end: axis + 1 });
}
