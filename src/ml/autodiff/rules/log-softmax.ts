import { exp, mul, reduceSum, sub } from '../../onnx/ops';
import type { Rule } from '../rule';

/** y = x - ln(sum(e^x)); dx = dy - e^y sum(dy). */
export const logSoftmaxRule: Rule = ({ g, node, dy }) => {
  const y = node.outputs[0]!;
  const axis = node.attributes.axis as number;
  return [() => sub(g, dy, mul(g, exp(g, y), reduceSum(g, dy, [axis], true)))];
};
