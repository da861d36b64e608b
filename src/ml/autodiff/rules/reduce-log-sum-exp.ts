import { exp, mul, reshape, sub } from '../../onnx/ops';
import { bug } from '../../../base/errors';
import { input, type Rule } from '../rule';

/** y = ln(sum(e^x)) over axes, kept as extents of 1; dx = dy e^(x - y). */
export const reduceLogSumExpRule: Rule = ({ g, node, dy }) => [
  () => {
    if (node.attributes.keepdims !== 1) throw bug('ReduceLogSumExp has a gradient with keepdims only.');
    const y = node.outputs[0]!;
    return mul(g, exp(g, sub(g, input(node, 0), y)), reshape(g, dy, y.shape, [y]));
  },
  null,
];
