/**
 * Scales moved from activations to weights. Few channels of a normalisation's output are many times larger than the rest and would
 * cost all others their precision; shifted and divided channel by channel, with the weight's rows multiplied, the product is the same
 * and both sides fit eight bits (Xiao et al. 2023, SmoothQuant; shifts after Wei et al. 2023, Outlier Suppression+). The
 * normalisation's own gain and bias take it up: it costs nothing while the graph runs.
 */
import type { Constant, Graph, Value } from '../onnx/graph';
import { liveNodes } from '../onnx/serialize';
import type { LinearNode } from './linear-node';
import { joined, type ChannelRange, type Ranges } from './ranges';

/** Products that share inputs, rows of inputs or weights, and so must share one scale per channel. */
export interface LinearFamily {
  products: LinearNode[];
  inputs: Set<Value>;
  range: ChannelRange | undefined;
}

/** x = x' scale + shift, float32 [K] each. */
export interface Migration {
  shift: Float32Array;
  scale: Float32Array;
}

/** How much of a channel's size goes to the weights: 0 none, 1 all. */
const STRENGTH = 0.75;

export function families(products: readonly LinearNode[], ranges: Ranges): LinearFamily[] {
  const found: LinearFamily[] = [];
  for (const product of products) {
    const own: LinearFamily = { products: [product], inputs: new Set([product.x]), range: ranges.get(product.source) };
    const related = found.filter((f) => f.products.some((p) => p.source === product.source || rowsOf(p.x) === rowsOf(product.x)));
    for (const family of related) {
      own.products.unshift(...family.products);
      for (const x of family.inputs) own.inputs.add(x);
      if (family.range) own.range = own.range ? joined(own.range, family.range) : family.range;
      found.splice(found.indexOf(family), 1);
    }
    found.push(own);
  }
  return found;
}

/** What a value takes rows of: a product does not mind which rows it is given. */
export function rowsOf(x: Value): Value {
  const { node } = x;
  return node?.op === 'Gather' && node.attributes['axis'] === 0 && node.inputs[0]!.shape.length === 2 ? node.inputs[0]! : x;
}

/** Undefined where the inputs do not all come from normalisations that feed nothing else. */
export function migrationOf(g: Graph, { products, inputs, range }: LinearFamily): Migration | undefined {
  if (!range) return undefined;
  const own = new Set(products.map((p) => p.node));
  const live = liveNodes(g);
  const answered = new Set(g.outputs.map(({ value }) => value));
  const readByOwn = (x: Value): boolean =>
    !answered.has(x) && live.every((node) => !node.inputs.includes(x) || own.has(node) || (inputs.has(node.outputs[0]!) && rowsOf(node.outputs[0]!) === x));
  if (![...inputs].every((x) => readByOwn(x) && readByOwn(rowsOf(x)) && normalisationOf(g, rowsOf(x)) !== undefined)) return undefined;
  const { K } = products[0]!;
  const largest = new Float32Array(K);
  for (const { weight, transposed, N } of products) {
    const data = weight.data as Float32Array;
    for (let k = 0; k < K; k++) for (let n = 0; n < N; n++) largest[k] = Math.max(largest[k]!, Math.abs(data[transposed ? n * K + k : k * N + n]!));
  }
  const shift = Float32Array.from(range.low, (low, k) => (low + range.high[k]!) / 2);
  const scale = Float32Array.from(range.low, (low, k) => {
    const half = Math.max(1e-5, (range.high[k]! - low) / 2);
    return half ** STRENGTH / Math.max(1e-5, largest[k]!) ** (1 - STRENGTH);
  });
  return { shift, scale };
}

/** Gain and bias of the normalisation that makes x, where both are constants. */
export function normalisationOf(g: Graph, x: Value): { gain: Constant; bias: Constant; at: number } | undefined {
  const { node } = x;
  if (!node || node.outputs[0] !== x) return undefined;
  const at = node.op === 'LayerNormalization' ? 1 : node.op === 'SkipLayerNormalization' ? 2 : undefined;
  if (at === undefined) return undefined;
  const [gain, bias] = [at, at + 1].map((i) => (node.inputs[i] ? g.constants.get(node.inputs[i].name) : undefined));
  return gain && bias ? { gain, bias, at } : undefined;
}
