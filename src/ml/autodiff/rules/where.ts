import { where } from '../../onnx/ops';
import { unbroadcast, input, type Rule } from '../rule';

/** y = c ? a : b; da = c ? dy : 0, db = c ? 0 : dy. */
export const whereRule: Rule = ({ g, node, dy }) => {
  const [c, a, b] = [input(node, 0), input(node, 1), input(node, 2)];
  const zero = g.literal('float32', 0);
  return [null, () => unbroadcast(g, where(g, c, dy, zero), a), () => unbroadcast(g, where(g, c, zero, dy), b)];
};
