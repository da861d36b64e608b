/**
 * GPT-2 over prefixes and their candidates for devices: the numbers of `shared-prefix.ts` in as few operators as the runtime has names for,
 * since a device is told of each of them anew in every run. Tokens lie in rows of equal length from the first layer to the last, so that
 * nothing is moved between attention and products. `device-rows.ts` makes the inputs.
 * Letters: G prefixes, B rows of each with its candidates, M cells of a row, N = G B M; P columns kept for a prefix, K candidates.
 */
import type { Graph, Value } from '../onnx/graph';
import { add, concat, extentScalar, gather, layerNormalization, less, lessOrEqual, multiHeadAttention, range, reshape, skipLayerNormalization, split, transpose, where } from '../onnx/ops';
import { causalBias, type KeyValue } from './attention';
import { feedForward } from './body';
import { headSize, type Gpt2Config } from './config';
import { linear } from './linear';
import type { ParameterSource } from './parameters';

const NEVER = -1e9;
/** A place that no token has. */
const NOWHERE = 1 << 30;

export interface RowInputs {
  /** int32 [G, B, M]: token and position of each cell. The first rows of a prefix hold its own tokens. */
  ids: Value;
  positions: Value;
  /** int32 [G, B, M]: 1, 2, ... for the candidates of a row, 0 for tokens of the prefix, -1 for padding. */
  owners: Value;
  /** int32 [G]. */
  prefixLengths: Value;
  /** int32 [P]: 0, 1, ...; P is B M or less. */
  columns: Value;
  /** int32 [K]: the cell of each candidate's last token, among all N. */
  ends: Value;
}

export function rowInputs(g: Graph): RowInputs {
  const cells = ['G', 'B', 'M'];
  return {
    ids: g.input('ids', 'int32', cells),
    positions: g.input('positions', 'int32', cells),
    owners: g.input('owners', 'int32', cells),
    prefixLengths: g.input('prefix_lengths', 'int32', ['G']),
    columns: g.input('columns', 'int32', ['P']),
    ends: g.input('ends', 'int32', ['K']),
  };
}

/** After the last normalisation, each candidate's last token: [K, C]. */
export function deviceBody(g: Graph, config: Gpt2Config, param: ParameterSource, inputs: RowInputs): Value {
  const rows = rowsOf(g, config, inputs);
  const flat = (cells: Value): Value => reshape(g, cells, ['N']);
  const parameters = (name: string): [Value, Value] => [param(`${name}.weight`), param(`${name}.bias`)];
  const join = (x: Value, y: Value, next: string): { normed: Value; sum: Value } => skipLayerNormalization(g, x, y, ...parameters(next), config.layerNormEpsilon);

  let sum = add(g, gather(g, param('wte.weight'), flat(inputs.ids)), gather(g, param('wpe.weight'), flat(inputs.positions))); // [N, C]
  let normed = layerNormalization(g, sum, ...parameters('h.0.ln_1'), config.layerNormEpsilon);
  for (let layer = 0; layer < config.layers; layer++) {
    const last = layer === config.layers - 1;
    // Of the last layer only candidates' last tokens are read.
    const read = (x: Value): Value => (last ? gather(g, x, inputs.ends) : x);
    const mixed = attention(g, normed, layer, { config, param, rows });
    const attended = join(read(sum), linear(g, read(mixed), `h.${layer}.attn.c_proj`, param), `h.${layer}.ln_2`);
    ({ sum, normed } = join(attended.sum, feedForward(g, attended.normed, layer, param), last ? 'ln_f' : `h.${layer + 1}.ln_1`));
  }
  return normed;
}

/** What every layer shares. */
interface Rows {
  /** [G B, 1, M, P + M]. */
  bias: Value;
  /** int64 shapes: [G B, M, 3C], [G, B M, 3C], [G, 1, NH, P, HS], [G, B, NH, P, HS] and [G B, NH, P, HS]. */
  byRow: Value;
  byPrefix: Value;
  apart: Value;
  spread: Value;
  joined: Value;
  /** int64 [2]: P and 3C, where the keys and values of a prefix end. */
  prefixEnd: Value;
}

function rowsOf(g: Graph, config: Gpt2Config, { owners, positions, prefixLengths, columns }: RowInputs): Rows {
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const extent = (v: Value, axis: number): Value => g.one('Shape', [v], 'int64', [1], { start: axis, end: axis + 1 });
  const shape = (...parts: (number | Value)[]): Value => concat(g, parts.map((p) => (typeof p === 'number' ? g.literal('int64', [p]) : p)), 0);
  const times = (a: Value, b: Value): Value => g.one('Mul', [a, b], 'int64', [1]);
  const as = (x: Value, to: Value, dims: Value['shape']): Value => g.one('Reshape', [x, to], x.dtype, dims);
  const visible = (condition: Value): Value => where(g, condition, g.literal('float32', 0), g.literal('float32', NEVER));

  const [G, B, M, P] = [extent(owners, 0), extent(owners, 1), extent(owners, 2), extent(columns, 0)];
  const GB = times(G, B);
  // Of its prefix a cell sees what was read before it, and nothing behind the prefix's end.
  const asking = as(positions, shape(G, B, M, 1), ['G', 'B', 'M', 1]);
  const lengths = as(prefixLengths, shape(G, 1, 1, 1), ['G', 1, 1, 1]);
  const behind = visible(lessOrEqual(g, where(g, less(g, columns, lengths), columns, g.literal('int32', NOWHERE)), asking)); // [G, B, M, P]
  // Of its row a candidate sees itself, as far as it was read.
  const owner = as(owners, shape(G, B, M, 1), ['G', 'B', 'M', 1]);
  const seen = as(owners, shape(G, B, 1, M), ['G', 'B', 1, 'M']);
  const alike = g.one('Equal', [owner, where(g, less(g, g.literal('int32', 0), seen), seen, g.literal('int32', -NOWHERE))], 'bool', ['G', 'B', 'M', 'M']);
  const cells = range(g, extentScalar(g, owners, 2), 'M');
  const own = where(g, alike, causalBias(g, cells, cells), g.literal('float32', NEVER)); // [G, B, M, M]
  const bias = concat(g, [behind, own], 3, 'S');
  return {
    bias: as(bias, shape(GB, 1, M, -1), ['GB', 1, 'M', 'S']),
    byRow: shape(GB, M, 3 * C),
    byPrefix: shape(G, times(B, M), 3 * C),
    apart: shape(G, 1, NH, P, HS),
    spread: shape(G, B, NH, P, HS),
    joined: shape(GB, NH, P, HS),
    prefixEnd: shape(P, 3 * C),
  };
}

/** Every row behind its prefix: x [N, C] -> [N, C], before the projection. */
function attention(g: Graph, x: Value, layer: number, { config, param, rows }: { config: Gpt2Config; param: ParameterSource; rows: Rows }): Value {
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const projected = linear(g, x, `h.${layer}.attn.c_attn`, param); // [N, 3C]
  const [query, key, value] = split(g, g.one('Reshape', [projected, rows.byRow], x.dtype, ['GB', 'M', 3 * C]), 2, [C, C, C]) as [Value, Value, Value];

  // Keys and values of the prefix: the first P cells of its rows.
  const ofPrefix = g.one('Slice', [g.one('Reshape', [projected, rows.byPrefix], x.dtype, ['G', 'BM', 3 * C]), g.literal('int64', [0, C]), rows.prefixEnd, g.literal('int64', [1, 2])], x.dtype, ['G', 'P', 2 * C]);
  const byHead = transpose(g, g.one('Reshape', [ofPrefix, g.literal('int64', [0, 0, 2, NH, HS])], x.dtype, ['G', 'P', 2, NH, HS]), [2, 0, 3, 1, 4]);
  const [keys, values] = split(g, byHead, 0, [1, 1]).map((part) => {
    const apart = g.one('Reshape', [part, rows.apart], x.dtype, ['G', 1, NH, 'P', HS]);
    return g.one('Reshape', [g.one('Expand', [apart, rows.spread], x.dtype, ['G', 'B', NH, 'P', HS]), rows.joined], x.dtype, ['GB', NH, 'P', HS]);
  }) as [Value, Value];
  const past: KeyValue = { key: keys, value: values };
  return reshape(g, multiHeadAttention(g, NH, { query, key, value, bias: rows.bias, past }).mixed, ['N', C]);
}
