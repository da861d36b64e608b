import type { Constant, Graph, Node, Value } from '../onnx/graph';
import { liveNodes } from '../onnx/serialize';

/** A product with a constant matrix: y [.., N] = x [.., K] W + bias. */
export interface LinearNode {
  node: Node;
  x: Value;
  weight: Constant;
  /** Name of the constant that the weight is, or is columns of. */
  source: string;
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
  const weight = right ? constants.get(right) ?? columnsOf(right, constants) : undefined;
  if (!x || constants.has(x) || !weight || weight.value.dtype !== 'float32' || weight.value.shape.length !== 2) return undefined;
  const { transA, transB, alpha, beta } = node.attributes;
  if (transA === 1 || alpha !== undefined || beta !== undefined) return undefined;
  const [rows, columns] = weight.value.shape as [number, number];
  const transposed = transB === 1;
  const [K, N] = transposed ? [columns, rows] : [rows, columns];
  // Only a row is added to every row; a full matrix would need another addition.
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== N)) return undefined;
  const source = constants.has(right!) ? right!.name : right!.node!.inputs[0]!.name;
  return { node, x, weight, source, transposed, bias, K, N };
}

/** Columns cut from a constant matrix by constant bounds, as a constant of their own. */
function columnsOf({ node, shape, dtype }: Value, constants: ReadonlyMap<Value, Constant>): Constant | undefined {
  if (node?.op !== 'Slice' || node.inputs.length !== 4) return undefined;
  const [matrix, from, to, axis] = node.inputs.map((value) => value && constants.get(value));
  if (!matrix || !from || !to || !axis || matrix.value.shape.length !== 2 || shape.length !== 2 || ![-1, 1].includes(Number(axis.data[0]))) return undefined;
  const [K, whole] = matrix.value.shape as [number, number];
  const [start, end] = [Number(from.data[0]), Number(to.data[0])];
  if (!(start >= 0 && start < end && end <= whole)) return undefined;
  const N = end - start;
  const data = Float32Array.from({ length: K * N }, (_, i) => Number(matrix.data[Math.floor(i / N) * whole + start + (i % N)]));
  return { value: { name: `${matrix.value.name}.${start}-${end}`, dtype, shape: [K, N] }, data };
}
