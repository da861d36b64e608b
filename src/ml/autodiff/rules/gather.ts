import { cast, reshape, zerosLike } from '../../onnx/ops';
import { bug } from '../../../base/errors';
import { input, type Rule } from '../rule';

/** y = x[indices] along the first axis; dx adds each row of dy into the row that it was read from. */
export const gatherRule: Rule = ({ g, node, dy }) => {
  const [x, indices] = [input(node, 0), input(node, 1)];
  return [
    () => {
      if (node.attributes.axis !== 0) throw bug('Gather has a gradient along the first axis only.');
      const rows = reshape(g, cast(g, indices, 'int64'), [...indices.shape, 1], [indices]);
      return g.one('ScatterND', [zerosLike(g, x), rows, dy], dy.dtype, x.shape, { reduction: 'add' });
    },
    null,
  ];
};
