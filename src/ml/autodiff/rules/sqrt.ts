import { div, scale } from '../../onnx/ops';
import type { Rule } from '../rule';

/** y = sqrt(x); dx = dy / (2 y). */
export const sqrtRule: Rule = ({ g, node, dy }) => [() => div(g, scale(g, dy, 0.5), node.outputs[0]!)];
