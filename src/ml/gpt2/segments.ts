/**
 * Many candidates behind one prefix, in one row: `prefix | candidate 1 | candidate 2 | ...`.
 * A candidate sees the prefix and itself, and its positions continue after the prefix, so that each scores exactly
 * as if it stood there alone, while the prefix is computed once.
 */
import type { Graph, Value } from '../onnx/graph';
import { extentScalar, lessOrEqual, range, reshape, where } from '../onnx/ops';
import type { Dim } from '../onnx/shape';

/**
 * The attention bias of such rows.
 * ids [B, T], segments int32 [B, T]: 0 for the prefix, 1, 2, ... for candidates, -1 for padding -> [B, 1, T, T].
 */
export function segmentBias(g: Graph, ids: Value, segments: Value): Value {
  const [B, T] = ids.shape as [Dim, Dim];
  const columns = range(g, extentScalar(g, ids, 1), T);
  const causal = lessOrEqual(g, columns, reshape(g, columns, [T, 1])); // [T, T]
  const query = reshape(g, segments, [B, 1, T, 1], [ids]);
  const key = reshape(g, segments, [B, 1, 1, T], [ids]);
  const shape = [B, 1, T, T];
  const same = g.one('Equal', [query, key], 'bool', shape);
  const prefix = g.one('Equal', [key, g.literal('int32', 0)], 'bool', key.shape);
  const visible = g.one('And', [causal, g.one('Or', [same, prefix], 'bool', shape)], 'bool', shape);
  return where(g, visible, g.literal('float32', 0), g.literal('float32', -1e9));
}
