import { add, mul, scale, sigmoid, sub } from '../../onnx/ops';
import { input, type Rule } from '../rule';

const A = 2 * Math.sqrt(2 / Math.PI);
const B = 0.044715;

/**
 * y = x s with s = sigmoid(A (x + B x^3)), which is the tanh form of GELU (Hendrycks and Gimpel 2016);
 * dx = dy (s + x s (1 - s) A (1 + 3 B x^2)) = dy (s + s (1 - s) x (A + 3 A B x^2)).
 */
export const geluRule: Rule = ({ g, node, dy }) => {
  const x = input(node, 0);
  return [
    () => {
      const one = g.literal('float32', 1);
      const square = mul(g, x, x);
      const s = sigmoid(g, mul(g, x, add(g, scale(g, square, A * B), g.literal('float32', A))));
      const slope = mul(g, x, add(g, scale(g, square, 3 * A * B), g.literal('float32', A)));
      return mul(g, dy, mul(g, s, add(g, one, mul(g, sub(g, one, s), slope))));
    },
  ];
};
