import { zerosLike } from '../../onnx/ops';
import { input, type Rule } from '../rule';

/** y[i, j] = x[i, indices[i, j]]; dx adds dy[i, j] there. */
export const gatherElementsRule: Rule = ({ g, node, dy }) => {
  const [x, indices] = [input(node, 0), input(node, 1)];
  const axis = node.attributes.axis!;
  return [() => g.one('ScatterElements', [zerosLike(g, x), indices, dy], dy.dtype, x.shape, { axis, reduction: 'add' }), null];
};
