import { gemm } from '../../onnx/ops';
import { unbroadcast, input, type Rule } from '../rule';

/**
 * y = op(a) op(b) + c. With op the identity: da = dy b^T, db = a^T dy; a transposed operand takes the transposed gradient.
 * dc = dy, summed over rows where c is a row.
 */
export const gemmRule: Rule = ({ g, node, dy }) => {
  const [a, b] = [input(node, 0), input(node, 1)];
  const transA = node.attributes.transA === 1;
  const transB = node.attributes.transB === 1;
  return [
    () => (transA ? gemm(g, b, dy, null, { transA: transB, transB: true }) : gemm(g, dy, b, null, { transB: !transB })),
    () => (transB ? gemm(g, dy, a, null, { transA: true, transB: transA }) : gemm(g, a, dy, null, { transA: !transA })),
    () => unbroadcast(g, dy, input(node, 2)),
  ];
};
