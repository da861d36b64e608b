import { mul } from '../../onnx/ops';
import { unbroadcast, input, type Rule } from '../rule';

/** y = a b; da = dy b, db = dy a. */
export const mulRule: Rule = ({ g, node, dy }) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  return [() => unbroadcast(g, mul(g, dy, b), a), () => unbroadcast(g, mul(g, dy, a), b)];
};
