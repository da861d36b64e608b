import { matmul, transpose } from '../../onnx/ops';
import type { Graph, Value } from '../../onnx/graph';
import { unbroadcast, input, type Rule } from '../rule';

/** y = a b over the last two axes; da = dy b^T, db = a^T dy, each summed over broadcast leading axes. */
export const matmulRule: Rule = ({ g, node, dy }) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  return [
    () => unbroadcast(g, matmul(g, dy, swapLast(g, b)), a),
    () => unbroadcast(g, matmul(g, swapLast(g, a), dy), b),
  ];
};

function swapLast(g: Graph, x: Value): Value {
  const order = x.shape.map((_, i) => i);
  const rank = order.length;
  return transpose(g, x, [...order.slice(0, -2), rank - 1, rank - 2]);
}
