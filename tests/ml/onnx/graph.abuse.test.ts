import { Graph, type Value } from '../../../src/ml/onnx/graph';
import * as ops from '../../../src/ml/onnx/ops';
import { broadcast, positiveAxis } from '../../../src/ml/onnx/shape';

/** A graph with inputs of these shapes; names of extents stand for themselves. */
function inputs(...shapes: (number | string)[][]): { g: Graph; values: Value[] } {
  const g = new Graph('abuse');
  return { g, values: shapes.map((shape, i) => g.input(`x${i}`, 'float32', shape)) };
}

const refused: [string, () => unknown][] = [
  ['a name that is taken', () => { const { g } = inputs([2]); g.input('x0', 'float32', [2]); }],
  ['a constant with too few elements', () => inputs().g.constant('c', 'float32', [2, 3], new Float32Array(5))],
  ['a constant of unknown size', () => inputs().g.constant('c', 'float32', ['B', 3], new Float32Array(3))],
  ['shapes that do not broadcast', () => broadcast([2, 3], [2, 4])],
  ['extents of different names', () => broadcast(['B', 3], ['T', 3])],
  ['an axis outside the rank', () => positiveAxis(2, 2)],
  ['an axis too far from the end', () => positiveAxis(-3, 2)],
  ['an operator on two types', () => { const { g, values } = inputs([2]); ops.add(g, values[0]!, g.input('i', 'int64', [2])); }],
  ['a float operator on integers', () => { const { g } = inputs(); ops.exp(g, g.input('i', 'int64', [2])); }],
  ['a product of matrices that do not fit', () => { const { g, values } = inputs([2, 3], [4, 5]); ops.matmul(g, values[0]!, values[1]!); }],
  ['a product of a vector', () => { const { g, values } = inputs([3], [3, 4]); ops.matmul(g, values[0]!, values[1]!); }],
  ['Gemm of three axes', () => { const { g, values } = inputs([1, 2, 3], [3, 4]); ops.gemm(g, values[0]!, values[1]!); }],
  ['Gemm that fits only transposed', () => { const { g, values } = inputs([2, 3], [4, 3]); ops.gemm(g, values[0]!, values[1]!); }],
  ['a split that does not add up', () => { const { g, values } = inputs([2, 7]); ops.split(g, values[0]!, 1, [3, 3]); }],
  ['a reshape to an extent that nothing carries', () => { const { g, values } = inputs(['B', 'T', 4]); ops.reshape(g, values[0]!, ['S', 'R', 4], [values[0]!]); }],
  ['an expansion to an extent that nothing carries', () => { const { g, values } = inputs([1, 3]); ops.expand(g, values[0]!, ['K', 3]); }],
];

describe('a graph under construction', () => {
  it.each(refused)('refuses %s', (_, build) => {
    expect(build).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect(build).toThrowErrorMatchingSnapshot();
  });
});
