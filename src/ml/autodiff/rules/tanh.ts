import { mul, sub } from '../../onnx/ops';
import type { Rule } from '../rule';

/** y = tanh x; dx = dy (1 - y^2). */
export const tanhRule: Rule = ({ g, node, dy }) => {
  const y = node.outputs[0]!;
  return [() => mul(g, dy, sub(g, g.literal('float32', 1), mul(g, y, y)))];
};
