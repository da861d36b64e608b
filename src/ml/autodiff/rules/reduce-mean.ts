import { div } from '../../onnx/ops';
import { bug } from '../../../base/errors';
import { input, type Rule } from '../rule';
import { spread } from './reduce-sum';

/** y = mean of x over axes; dx = dy / count for every element. */
export const reduceMeanRule: Rule = ({ g, node, dy }) => [
  () => {
    const x = input(node, 0);
    const axes = Array.from(g.constants.get(input(node, 1).name)!.data as BigInt64Array, Number);
    const count = axes.reduce((product, axis) => {
      const extent = x.shape[axis];
      if (typeof extent !== 'number') throw bug('ReduceMean has a gradient over axes of known extent.');
      return product * extent;
    }, 1);
    return div(g, spread(g, node, dy), g.literal('float32', count));
  },
  null,
];
