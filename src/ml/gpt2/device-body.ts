/**
 * GPT-2 over prefixes and their candidates for devices: the numbers of `shared-prefix.ts` in as few operators as the runtime has names for,
 * since a device is told of each of them anew in every run. Tokens lie in rows of equal length from the first layer to the last, so that
 * nothing is moved between attention and products. `device-rows.ts` makes the inputs.
 * Letters: R rows of M cells, N = R M; G prefixes, P columns kept for each; K candidates.
 */
import type { Graph, Value } from '../onnx/graph';
import { add, concat, extentScalar, gather, layerNormalization, less, lessOrEqual, multiHeadAttention, range, reshape, skipLayerNormalization, split, transpose, where } from '../onnx/ops';
import { causalBias } from './attention';
import { feedForward } from './body';
import { headSize, type Gpt2Config } from './config';
import { linear } from './linear';
import type { ParameterSource } from './parameters';

const NEVER = -1e9;
/** Owns no cell. */
const NOBODY = -2;

export interface RowInputs {
  /** int32 [R, M]: token and position of each cell. */
  ids: Value;
  positions: Value;
  /** int32 [R, M]: 1, 2, ... for candidates, 0 for tokens of the prefix, -1 for padding. */
  owners: Value;
  /** int32 [R]: the prefix that a row stands behind, or is of. */
  groups: Value;
  /** int32 [G, P]: the cell of each token of a prefix, any behind its end; and its position, more than any behind its end. */
  prefixCells: Value;
  prefixColumns: Value;
  /** int32 [K]: the cell of each candidate's last token. */
  ends: Value;
}

export function rowInputs(g: Graph): RowInputs {
  const [cells, columns] = [['R', 'M'], ['G', 'P']];
  return {
    ids: g.input('ids', 'int32', cells),
    positions: g.input('positions', 'int32', cells),
    owners: g.input('owners', 'int32', cells),
    groups: g.input('groups', 'int32', ['R']),
    prefixCells: g.input('prefix_cells', 'int32', columns),
    prefixColumns: g.input('prefix_columns', 'int32', columns),
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
interface Rows extends RowInputs {
  /** [R, 1, M, P + M]. */
  bias: Value;
  /** int64: the shape [R, M, 3C]. */
  byRow: Value;
}

function rowsOf(g: Graph, config: Gpt2Config, inputs: RowInputs): Rows {
  const { owners, positions, groups, prefixColumns } = inputs;
  const extent = (v: Value, axis: number): Value => g.one('Shape', [v], 'int64', [1], { start: axis, end: axis + 1 });
  const shape = (...parts: (number | Value)[]): Value => concat(g, parts.map((p) => (typeof p === 'number' ? g.literal('int64', [p]) : p)), 0);
  const between = (x: Value, axis: number): Value => g.one('Unsqueeze', [x, g.literal('int64', [axis])], x.dtype, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
  const never = g.literal('float32', NEVER);

  // Of its prefix a cell sees what was read before it.
  const behind = where(g, lessOrEqual(g, between(gather(g, prefixColumns, groups), 1), between(positions, 2)), g.literal('float32', 0), never); // [R, M, P]
  // Of its row a candidate sees itself, as far as it was read.
  const seen = where(g, less(g, g.literal('int32', 0), owners), owners, g.literal('int32', NOBODY));
  const alike = g.one('Equal', [between(owners, 2), between(seen, 1)], 'bool', ['R', 'M', 'M']);
  const cells = range(g, extentScalar(g, owners, 1), 'M');
  const own = where(g, alike, causalBias(g, cells, cells), never); // [R, M, M]
  return {
    ...inputs,
    bias: between(concat(g, [behind, own], 2, 'S'), 1),
    byRow: shape(extent(owners, 0), extent(owners, 1), 3 * config.channels),
  };
}

/** Every row behind its prefix: x [N, C] -> [N, C], before the projection. */
function attention(g: Graph, x: Value, layer: number, { config, param, rows }: { config: Gpt2Config; param: ParameterSource; rows: Rows }): Value {
  const [NH, HS, C] = [config.heads, headSize(config), config.channels];
  const projected = linear(g, x, `h.${layer}.attn.c_attn`, param); // [N, 3C]
  const [query, key, value] = split(g, g.one('Reshape', [projected, rows.byRow], x.dtype, ['R', 'M', 3 * C]), 2, [C, C, C]) as [Value, Value, Value];

  const ofPrefix = split(g, gather(g, projected, rows.prefixCells), 2, [C, 2 * C])[1]!; // [G, P, 2C]
  const apart = g.one('Reshape', [ofPrefix, g.literal('int64', [0, 0, 2, NH, HS])], x.dtype, ['G', 'P', 2, NH, HS]);
  const [keys, values] = split(g, transpose(g, apart, [2, 0, 3, 1, 4]), 0, [1, 1]).map((part) =>
    gather(g, g.one('Squeeze', [part, g.literal('int64', [0])], x.dtype, ['G', NH, 'P', HS]), rows.groups), // [R, NH, P, HS]
  ) as [Value, Value];
  return reshape(g, multiHeadAttention(g, NH, { query, key, value, bias: rows.bias, past: { key: keys, value: values } }), ['N', C]);
}
