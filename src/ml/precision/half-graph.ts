/**
 * A graph with its matrix products, and what only moves their numbers, in 16-bit floats. Weights of products are stored so, which
 * halves the model. Where sums run long or numbers grow large (normalisation, softmax, the residual stream, masks) it stays float32.
 * Inputs and outputs keep their types.
 */
import type { Graph, Node, Value } from '../onnx/graph';
import { cast } from '../onnx/ops';
import { liveNodes } from '../onnx/serialize';
import { F16_MAX, f32ToF16 } from '../weights/half';
import { rewriteGraph, type Rewriting } from './rewrite-graph';

/** Both sides 16-bit. */
const PRODUCTS = new Set(['MatMul', 'Gemm']);
/** Follow the type of what they are given first. */
const FOLLOWERS = new Set(['Reshape', 'Transpose', 'Split', 'Squeeze', 'Unsqueeze', 'Slice', 'Expand', 'Gelu']);
/** Smaller constants (gains, biases of heads) save nothing. */
const LEAST_ELEMENTS = 4096;

export function halfGraph(original: Graph): Graph {
  const halves = new Map<Value, Value>();
  const tables = gatheredTables(original);
  return rewriteGraph(original, `${original.name}-fp16`, (node, context) => {
    const { g, copyOf } = context;
    const half = (value: Value): Value => {
      let made = halves.get(value);
      if (!made) halves.set(value, (made = halfOf(original, context, value)));
      return made;
    };
    if (node.domain === '' && PRODUCTS.has(node.op) && node.outputs[0]!.dtype === 'float32') {
      return makeAs(g, node, node.inputs.map((value) => value && half(value)), 'float16');
    }
    if (node.domain === '' && FOLLOWERS.has(node.op) && copyOf(node.inputs[0]!).dtype === 'float16') {
      return makeAs(g, node, node.inputs.map((value) => value && copyOf(value)), 'float16');
    }
    if (node.op === 'Gather' && tables.has(node.inputs[0]!)) {
      return [cast(g, makeAs(g, node, [half(node.inputs[0]!), copyOf(node.inputs[1]!)], 'float16')[0]!, 'float32')];
    }
    // All else as it was: what comes in 16 bits is widened.
    return g.node(node.op, node.inputs.map((value) => value && widened(context, value)), node.outputs.map(({ dtype, shape }) => ({ dtype, shape })), node.attributes, node.domain);
  }, (value, { g }) => (value.dtype === 'float16' ? cast(g, value, 'float32') : value));
}

function makeAs(g: Graph, node: Node, inputs: (Value | null)[], dtype: 'float16'): Value[] {
  return g.node(node.op, inputs, node.outputs.map(({ shape, dtype: was }) => ({ dtype: was === 'float32' ? dtype : was, shape })), node.attributes, node.domain);
}

function widened({ g, copyOf }: Rewriting, value: Value): Value {
  const copy = copyOf(value);
  return copy.dtype === 'float16' ? cast(g, copy, 'float32') : copy;
}

/** A constant is stored in 16 bits where its numbers fit; anything else is cast. */
function halfOf(original: Graph, { g, copyOf }: Rewriting, value: Value): Value {
  const constant = original.constants.get(value.name);
  if (!constant || constant.value !== value) return cast(g, copyOf(value), 'float16');
  const data = constant.data as Float32Array;
  if (data.some((v) => Math.abs(v) > F16_MAX)) return cast(g, copyOf(value), 'float16');
  return g.constant(`${value.name}.fp16`, 'float16', value.shape, f32ToF16(data));
}

/** Large constants that are only gathered from or multiplied by: they need no copy in 32 bits. */
function gatheredTables(g: Graph): ReadonlySet<Value> {
  const large = [...g.constants.values()].filter(({ value, data }) => value.dtype === 'float32' && data.length >= LEAST_ELEMENTS).map(({ value }) => value);
  const nodes = liveNodes(g);
  return new Set(large.filter((value) => nodes.every((node) => !node.inputs.includes(value) || PRODUCTS.has(node.op) || (node.op === 'Gather' && node.inputs[0] === value))));
}
