/**
 * A graph with its matrix products in 8-bit whole numbers. Weights are quantised once, per output channel; what meets them is quantised
 * while the graph runs: by fixed scales where ranges were observed, else by scales found anew in each run. Everything else stays
 * float32, and sums are exact: 32-bit whole numbers.
 */
import { bug } from '../../base/errors';
import type { Graph, Value } from '../onnx/graph';
import { INT8_LEVELS, quantiseColumns, type QuantisedMatrix } from './columns';
import { linearNodes, type LinearNode } from './linear-node';
import { families, migrationOf, normalisationOf, rowsOf, type LinearFamily, type Migration } from './migrate-scales';
import type { Ranges } from './ranges';
import { rewriteGraph, type Rewriting } from './rewrite-graph';

export interface Int8Options {
  /** What meets each weight, from `observedGraph`. */
  ranges?: Ranges;
  /** Weights that stay float32, by name. */
  keep?: (name: string) => boolean;
  /** Steps from zero to the largest weight; fewer than 127 are for tests of what a gate must refuse. */
  levels?: number;
}

/** Fixed scales leave so much room beyond what was observed; what lies farther out is cut. */
const ROOM = 1.05;

interface Quantised {
  data: Value;
  scale: Value;
  zero: Value | null;
}

interface Plan {
  migration: Migration | undefined;
  /** Of all inputs together, after the migration; absent where scales are found while the graph runs. */
  range: { low: number; high: number } | undefined;
}

export function int8Graph(original: Graph, options: Int8Options = {}): Graph {
  const products = linearNodes(original).filter(({ source }) => !options.keep?.(source));
  const plans = new Map<Value, Plan>();
  for (const family of families(products, options.ranges ?? new Map())) {
    const plan = planOf(original, family);
    for (const x of family.inputs) plans.set(x, plan).set(rowsOf(x), plan);
  }
  const byNode = new Map(products.map((product) => [product.node, product]));
  const quantised = new Map<Value, Quantised>();
  const once = onceByName();
  return rewriteGraph(original, `${original.name}-int8`, (node, context) => {
    const product = byNode.get(node);
    if (product) {
      const plan = plans.get(product.x)!;
      let x = quantised.get(product.x);
      if (!x) quantised.set(product.x, (x = quantise(context, context.copyOf(product.x), plan)));
      return [multiply(context, once, product, x, plan, options.levels ?? INT8_LEVELS)];
    }
    const first = node.outputs[0];
    const migration = first && plans.get(first)?.migration;
    const normalisation = migration && normalisationOf(original, first);
    if (!normalisation) return undefined;
    const { gain, bias, at } = normalisation;
    const inputs = node.inputs.map((value) => value && context.copyOf(value));
    const { shift, scale } = migration;
    const shape = gain.value.shape;
    inputs[at] = once(`${gain.value.name}.migrated`, (name) =>
      context.g.constant(name, 'float32', shape, (gain.data as Float32Array).map((v, k) => v / scale[k]!)));
    inputs[at + 1] = once(`${bias.value.name}.migrated`, (name) =>
      context.g.constant(name, 'float32', shape, (bias.data as Float32Array).map((v, k) => (v - shift[k]!) / scale[k]!)));
    return context.g.node(node.op, inputs, node.outputs.map(({ dtype, shape: s }) => ({ dtype, shape: s })), node.attributes, node.domain);
  });
}

function planOf(original: Graph, family: LinearFamily): Plan {
  const { range } = family;
  if (!range) return { migration: undefined, range: undefined };
  const migration = migrationOf(original, family);
  const after = (v: number, k: number): number => (migration ? (v - migration.shift[k]!) / migration.scale[k]! : v);
  return { migration, range: { low: Math.min(0, ...range.low.map(after)), high: Math.max(0, ...range.high.map(after)) } };
}

/** x as uint8 with one scale and zero point: x ~ (data - zero) scale. */
function quantise({ g }: Rewriting, x: Value, { range }: Plan): Quantised {
  if (!range) {
    const results = [{ dtype: 'uint8' as const, shape: x.shape }, { dtype: 'float32' as const, shape: [] }, { dtype: 'uint8' as const, shape: [] }];
    const [data, scale, zero] = g.node('DynamicQuantizeLinear', [x], results) as [Value, Value, Value];
    return { data, scale, zero };
  }
  const step = Math.max(1e-12, (ROOM * (range.high - range.low)) / 255);
  const scale = g.literal('float32', Math.fround(step));
  const zero = g.literal('uint8', Math.max(0, Math.min(255, Math.round((-ROOM * range.low) / step))));
  return { data: g.one('QuantizeLinear', [x, scale, zero], 'uint8', x.shape), scale, zero };
}

/** A weight that several products share is stored once. */
function multiply({ g, copyOf }: Rewriting, once: Once, product: LinearNode, x: Quantised, { migration }: Plan, levels: number): Value {
  const { weight, transposed, bias, K, N } = product;
  const { name } = weight.value;
  const suffix = transposed ? '.t' : '';
  let matrix: QuantisedMatrix | undefined;
  const quantised = (): QuantisedMatrix => {
    const rows = rowMajor(product);
    return (matrix ??= quantiseColumns(migration ? rows.map((v, i) => v * migration.scale[Math.floor(i / N)]!) : rows, K, N, levels));
  };
  const w = once(`${name}.int8${suffix}`, (as) => g.constant(as, 'int8', [K, N], quantised().data));
  const scales = once(`${name}.scales${suffix}`, (as) => g.constant(as, 'float32', [N], quantised().scales));
  const inputs = [x.data, w, x.scale, scales, x.zero, null];
  const added = migration ? shiftedBias(g, once, product, migration, bias && copyOf(bias)) : bias && copyOf(bias);
  return g.one('MatMulIntegerToFloat', added ? [...inputs, added] : inputs, 'float32', product.node.outputs[0]!.shape, {}, 'com.microsoft');
}

/** bias + shift W: what the migration took out of x. */
function shiftedBias(g: Graph, once: Once, product: LinearNode, { shift }: Migration, bias: Value | null): Value {
  const { weight, K, N } = product;
  const known = bias && g.constants.get(bias.name);
  const added = once(`${weight.value.name}.${known ? bias.name : 'shift'}`, (as) => {
    const rows = rowMajor(product);
    const sums = Float64Array.from({ length: N }, (_, n) => Number(known?.data[n] ?? 0));
    for (let k = 0; k < K; k++) for (let n = 0; n < N; n++) sums[n]! += shift[k]! * rows[k * N + n]!;
    return g.constant(as, 'float32', [N], Float32Array.from(sums));
  });
  return bias && !known ? g.one('Add', [bias, added], 'float32', [N]) : added;
}

/** The weight as [K, N]. */
function rowMajor({ weight, transposed, K, N }: LinearNode): Float32Array {
  const data = weight.data as Float32Array;
  if (data.length !== K * N) throw bug(`${weight.value.name} is no [${K}, ${N}].`);
  return transposed ? Float32Array.from(data, (_, i) => data[(i % N) * K + Math.floor(i / N)]!) : data;
}

type Once = (name: string, make: (name: string) => Value) => Value;

function onceByName(): Once {
  const made = new Map<string, Value>();
  return (name, make) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}
