import { mul, reduceSum, sub } from '../../onnx/ops';
import type { Rule } from '../rule';

/** y = softmax(x); dx = y (dy - sum(dy y)). */
export const softmaxRule: Rule = ({ g, node, dy }) => {
  const y = node.outputs[0]!;
  const axis = node.attributes.axis as number;
  return [() => mul(g, y, sub(g, dy, reduceSum(g, mul(g, dy, y), [axis], true)))];
};
