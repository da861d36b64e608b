import { expand, reshape } from '../../onnx/ops';
import type { Graph, Node, Value } from '../../onnx/graph';
import { input, type Rule } from '../rule';

/** y = sum of x over axes; dx = dy for every summed element. */
export const reduceSumRule: Rule = ({ g, node, dy }) => [() => spread(g, node, dy), null];

/** dy stretched back over the axes that a reduction removed. */
export function spread(g: Graph, node: Node, dy: Value): Value {
  const x = input(node, 0);
  const axes = new Set(Array.from(g.constants.get(input(node, 1).name)!.data as BigInt64Array, Number));
  const kept = x.shape.map((d, i) => (axes.has(i) ? 1 : d));
  const aligned = node.attributes.keepdims === 1 ? dy : reshape(g, dy, kept, [x]);
  return expand(g, aligned, x.shape, [x]);
}
