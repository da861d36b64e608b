import { Graph, type Constant, type Node, type Value } from '../onnx/graph';
import { liveNodes } from '../onnx/serialize';

/** What a pass sees while a graph is copied. */
export interface Rewriting {
  /** The copy under construction. */
  readonly g: Graph;
  /** The copy of a value that was made before; a constant is copied when first asked for. */
  copyOf(value: Value): Value;
  /** A node as it is, its inputs copied. */
  copyNode(node: Node): Value[];
}

/**
 * A copy of a graph in which some nodes are replaced. `replace` answers the values that stand for a node's outputs, in their order,
 * or undefined where the node stays as it is; `answer` may add to what is answered. Inputs, outputs and named constants keep their names; the original is untouched.
 */
export function rewriteGraph(
  original: Graph,
  name: string,
  replace: (node: Node, context: Rewriting) => readonly Value[] | undefined,
  answer: (output: Value, context: Rewriting) => Value = (output) => output,
): Graph {
  const g = new Graph(name);
  const copies = new Map<Value, Value>();
  const constants = new Map([...original.constants.values()].map((constant) => [constant.value, constant]));
  for (const input of original.inputs) copies.set(input, g.input(input.name, input.dtype, input.shape));
  const context: Rewriting = {
    g,
    copyOf(value) {
      const known = copies.get(value);
      if (known) return known;
      const made = copyConstant(g, constants.get(value)!);
      copies.set(value, made);
      return made;
    },
    copyNode(node) {
      const inputs = node.inputs.map((value) => value && context.copyOf(value));
      return g.node(node.op, inputs, node.outputs.map(({ dtype, shape }) => ({ dtype, shape })), node.attributes, node.domain);
    },
  };
  for (const node of liveNodes(original)) {
    const made = replace(node, context) ?? context.copyNode(node);
    node.outputs.forEach((output, i) => copies.set(output, made[i]!));
  }
  for (const output of original.outputs) g.output(output.name, answer(context.copyOf(output.value), context));
  return g;
}

/** Literals stay shared with those that a pass asks for. */
function copyConstant(g: Graph, { value, data }: Constant): Value {
  const { name, dtype, shape } = value;
  if (!name.startsWith('literal_')) return g.constant(name, dtype, shape, data);
  const values = Array.from(data as ArrayLike<number | bigint>, Number);
  return g.literal(dtype as 'float32', shape.length === 0 ? values[0]! : values);
}
