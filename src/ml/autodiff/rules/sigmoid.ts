import { mul, sub } from '../../onnx/ops';
import type { Rule } from '../rule';

/** y = 1 / (1 + e^-x); dx = dy y (1 - y). */
export const sigmoidRule: Rule = ({ g, node, dy }) => {
  const y = node.outputs[0]!;
  return [() => mul(g, dy, mul(g, y, sub(g, g.literal('float32', 1), y)))];
};
