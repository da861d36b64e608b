import type { Constant, Graph, Node, Value } from '../onnx/graph';
import { liveNodes } from '../onnx/serialize';

/** A product with a constant matrix: y [.., N] = x [.., K] W + bias. */
export interface LinearNode {
  node: Node;
  x: Value;
  weight: Constant;
  /** Whether the weight is stored as [N, K]. */
  transposed: boolean;
  bias: Value | null;
  K: number;
  N: number;
}

/** Products with fewer outputs gain nothing, and heads are where an error counts most. */
const LEAST_OUTPUTS = 16;

/** The products of a graph that can be quantised, in order: those by a constant matrix, heads left out. */
export function linearNodes(g: Graph): LinearNode[] {
  const constants = new Map([...g.constants.values()].map((constant) => [constant.value, constant]));
  return liveNodes(g).flatMap((node) => {
    const linear = linearNode(node, constants);
    return linear && linear.N >= LEAST_OUTPUTS ? [linear] : [];
  });
}

/** Undefined where a node is none: another operator, a right side that is computed, a batch of matrices. */
function linearNode(node: Node, constants: ReadonlyMap<Value, Constant>): LinearNode | undefined {
  if (node.domain !== '' || (node.op !== 'MatMul' && node.op !== 'Gemm')) return undefined;
  const [x, right, bias = null] = node.inputs;
  const weight = right ? constants.get(right) : undefined;
  if (!x || constants.has(x) || !weight || weight.value.dtype !== 'float32' || weight.value.shape.length !== 2) return undefined;
  const { transA, transB, alpha, beta } = node.attributes;
  if (transA === 1 || alpha !== undefined || beta !== undefined) return undefined;
  const [rows, columns] = weight.value.shape as [number, number];
  const transposed = transB === 1;
  const [K, N] = transposed ? [columns, rows] : [rows, columns];
  // Only a row is added to every row; a full matrix would need another addition.
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== N)) return undefined;
  return { node, x, weight, transposed, bias, K, N };
}
