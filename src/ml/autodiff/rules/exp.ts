import { mul } from '../../onnx/ops';
import type { Rule } from '../rule';

/** y = e^x; dx = dy y. */
export const expRule: Rule = ({ g, node, dy }) => [() => mul(g, dy, node.outputs[0]!)];
