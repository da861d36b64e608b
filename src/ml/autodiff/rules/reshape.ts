import { reshape } from '../../onnx/ops';
import { input, type Rule } from '../rule';

/** y = x in another shape; dx = dy in the shape of x. */
export const reshapeRule: Rule = ({ g, node, dy }) => {
  const x = input(node, 0);
  return [() => reshape(g, dy, x.shape, [x]), null];
};
