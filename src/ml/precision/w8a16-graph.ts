/**
 * A graph for devices with matrix units: products by constant matrices as 16-bit activations against 8-bit weights in blocks, each with a
 * scale of its own (MatMulNBits), and all that leads to a product in 16 bits, the residual stream included, so that nothing is cast to
 * and fro. What follows the last product (last normalisation, head, the parts beside GPT-2) stays float32. Inputs and outputs keep their types.
 */
import type { Constant, Graph, Node, Value } from '../onnx/graph';
import { cast } from '../onnx/ops';
import { liveNodes } from '../onnx/serialize';
import { f32ToF16 } from '../weights/half';
import { quantiseBlocks } from './blocks';
import { linearNodes, type LinearNode } from './linear-node';
import { rewriteGraph, type Rewriting } from './rewrite-graph';

/** Weights that share a scale; what the matrix units' kernels of the runtime take. */
export const BLOCK = 32;
/** Masks are larger than 16 bits can tell: this is as good as never, and room is left for the score it is added to. */
const LARGEST = 60_000;

export function w8a16Graph(original: Graph): Graph {
  const products = new Map(linearNodes(original).filter(({ K }) => K % BLOCK === 0).map((product) => [product.node, product]));
  const constants = new Map([...original.constants.values()].map((constant) => [constant.value, constant]));
  const narrow = leadingTo(original, new Set(products.keys()));
  const halves = new Map<Value, Value>();
  const weights = new Map<string, [Value, Value]>();

  const half = (context: Rewriting, value: Value): Value => {
    if (value.dtype !== 'float32') return context.copyOf(value);
    let made = halves.get(value);
    if (!made) halves.set(value, (made = halfOf(context, value, constants.get(value))));
    return made;
  };
  const full = (context: Rewriting, value: Value): Value => {
    const copy = context.copyOf(value);
    return copy.dtype === 'float16' ? cast(context.g, copy, 'float32') : copy;
  };

  return rewriteGraph(original, `${original.name}-w8a16`, (node, context) => {
    const { g } = context;
    const product = products.get(node);
    if (product) return [multiply(context, product, half(context, product.x), product.bias && half(context, product.bias), weights)];
    const inputs = node.inputs.map((value) => value && (narrow.has(node) ? half : full)(context, value));
    if (!narrow.has(node)) return g.node(node.op, inputs, node.outputs.map(({ dtype, shape }) => ({ dtype, shape })), node.attributes, node.domain);
    if (node.op === 'Cast' && node.outputs[0]!.dtype === 'float32') return [cast(g, inputs[0]!, 'float16')];
    return g.node(node.op, inputs, node.outputs.map(({ dtype, shape }) => ({ dtype: dtype === 'float32' ? 'float16' : dtype, shape })), node.attributes, node.domain);
  }, (value, { g }) => (value.dtype === 'float16' ? cast(g, value, 'float32') : value));
}

/** Nodes whose results a product reads, through however many others; the products themselves included. */
function leadingTo(g: Graph, products: ReadonlySet<Node>): ReadonlySet<Node> {
  const found = new Set<Node>();
  const visit = (node: Node): void => {
    if (found.has(node)) return;
    found.add(node);
    for (const input of node.inputs) if (input?.node) visit(input.node);
  };
  for (const node of liveNodes(g)) if (products.has(node)) visit(node);
  return found;
}

/** A constant is stored in 16 bits, anything else is cast. */
function halfOf({ g, copyOf }: Rewriting, value: Value, constant: Constant | undefined): Value {
  if (!constant) {
    const copy = copyOf(value);
    return copy.dtype === 'float16' ? copy : cast(g, copy, 'float16');
  }
  const data = (constant.data as Float32Array).map((v) => Math.max(-LARGEST, Math.min(LARGEST, v)));
  return g.constant(`${value.name}.fp16`, 'float16', value.shape, f32ToF16(data));
}

/** A weight that several products share is stored once. */
function multiply({ g }: Rewriting, { weight, transposed, K, N, node }: LinearNode, x: Value, bias: Value | null, weights: Map<string, [Value, Value]>): Value {
  const name = `${weight.value.name}.w8${transposed ? '.t' : ''}`;
  let stored = weights.get(name);
  if (!stored) {
    const { data, scales } = quantiseBlocks(weight.data as Float32Array, K, N, { transposed, block: BLOCK });
    stored = [g.constant(name, 'uint8', [N, K / BLOCK, BLOCK], data), g.constant(`${name}.scales`, 'float16', [N * (K / BLOCK)], f32ToF16(scales))];
    weights.set(name, stored);
  }
  const attributes = { K, N, bits: 8, block_size: BLOCK, accuracy_level: 4 };
  const inputs = bias ? [x, ...stored, null, null, bias] : [x, ...stored];
  return g.one('MatMulNBits', inputs, 'float16', node.outputs[0]!.shape, attributes, 'com.microsoft');
}
