import { neg } from '../../onnx/ops';
import { unbroadcast, input, type Rule } from '../rule';

/** y = a - b; da = dy, db = -dy. */
export const subRule: Rule = ({ g, node, dy }) => [
  () => unbroadcast(g, dy, input(node, 0)),
  () => neg(g, unbroadcast(g, dy, input(node, 1))),
];
