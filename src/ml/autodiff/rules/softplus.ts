import { mul, sigmoid } from '../../onnx/ops';
import { input, type Rule } from '../rule';

/** y = ln(1 + e^x); dx = dy sigmoid(x). */
export const softplusRule: Rule = ({ g, node, dy }) => [() => mul(g, dy, sigmoid(g, input(node, 0)))];
