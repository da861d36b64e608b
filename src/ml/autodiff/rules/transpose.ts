import { transpose } from '../../onnx/ops';
import type { Rule } from '../rule';

/** y = x with its axes permuted; dx = dy with the permutation undone. */
export const transposeRule: Rule = ({ g, node, dy }) => {
  const order = node.attributes.perm as readonly number[];
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return [() => transpose(g, dy, inverse)];
};
