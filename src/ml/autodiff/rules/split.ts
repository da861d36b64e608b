import { concat, zerosLike } from '../../onnx/ops';
import { input, type Rule } from '../rule';

/** (y1, y2, ...) = parts of x along an axis; dx = (dy1, dy2, ...) joined, zeros for a part without gradient. */
export const splitRule: Rule = ({ g, node, dys }) => {
  const axis = node.attributes.axis as number;
  const x = input(node, 0);
  return [() => concat(g, node.outputs.map((y, i) => dys[i] ?? zerosLike(g, y)), axis, x.shape[axis]), null];
};
