import { mul, reduceMean, reduceSum, sub } from '../../onnx/ops';
import type { Value } from '../../onnx/graph';
import { input, type Rule } from '../rule';

/**
 * y = n w + b with n = (x - mean) r, r = 1 / sqrt(variance + epsilon) over the last axis.
 * With e = dy w: dx = r (e - mean(e) - n mean(e n)); dw = sum(dy n); db = sum(dy).
 */
export const layerNormalizationRule: Rule = ({ g, node, dy }) => {
  const [x, w] = [input(node, 0), input(node, 1)];
  const [, mean, r] = node.outputs as [Value, Value, Value];
  const leading = x.shape.slice(0, -1).map((_, i) => i);
  let cached: Value | undefined;
  const n = (): Value => (cached ??= mul(g, sub(g, x, mean), r));
  return [
    () => {
      const e = mul(g, dy, w);
      const centred = sub(g, e, reduceMean(g, e, [-1], true));
      return mul(g, r, sub(g, centred, mul(g, n(), reduceMean(g, mul(g, e, n()), [-1], true))));
    },
    () => reduceSum(g, mul(g, dy, n()), leading),
    () => reduceSum(g, dy, leading),
  ];
};
