import { div } from '../../onnx/ops';
import { input, type Rule } from '../rule';

/** y = ln x; dx = dy / x. */
export const logRule: Rule = ({ g, node, dy }) => [() => div(g, dy, input(node, 0))];
