import { neg } from '../../onnx/ops';
import type { Rule } from '../rule';

/** y = -x; dx = -dy. */
export const negRule: Rule = ({ g, dy }) => [() => neg(g, dy)];
