import { div, mul, neg } from '../../onnx/ops';
import { unbroadcast, input, type Rule } from '../rule';

/** y = a / b; da = dy / b, db = -dy y / b. */
export const divRule: Rule = ({ g, node, dy }) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  const y = node.outputs[0]!;
  return [() => unbroadcast(g, div(g, dy, b), a), () => unbroadcast(g, neg(g, div(g, mul(g, dy, y), b)), b)];
};
