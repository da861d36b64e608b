import { cast, mul, scale } from '../../onnx/ops';
import { input, type Rule } from '../rule';

/** y = x mask / (1 - ratio); dx = dy mask / (1 - ratio). */
export const dropoutRule: Rule = ({ g, node, dy }) => [
  () => {
    const ratio = (g.constants.get(input(node, 1).name)!.data as Float32Array)[0]!;
    return mul(g, dy, scale(g, cast(g, node.outputs[1]!, 'float32'), 1 / (1 - ratio)));
  },
  null,
  null,
];
