/** Matrix products. */
import { bug } from '../../../base/errors';
import type { Graph, Value } from '../graph';
import { broadcast } from '../shape';

/** [..., m, k] x [..., k, n] -> [..., m, n]; leading axes broadcast. */
export function matmul(g: Graph, a: Value, b: Value): Value {
  const [m, k] = a.shape.slice(-2);
  const [k2, n] = b.shape.slice(-2);
  if (a.shape.length < 2 || b.shape.length < 2 || k !== k2) {
    throw bug(`MatMul of [${a.shape.join(', ')}] and [${b.shape.join(', ')}].`);
  }
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return g.one('MatMul', [a, b], a.dtype, [...batch, m!, n!]);
}

/** op(a) op(b) + c for matrices, op transposing where asked; c, if any, is a row [n] or the full [m, n]. */
export function gemm(g: Graph, a: Value, b: Value, c: Value | null = null, options: { transA?: boolean; transB?: boolean } = {}): Value {
  if (a.shape.length !== 2 || b.shape.length !== 2) throw bug('Gemm takes matrices.');
  const [m, k] = options.transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [k2, n] = options.transB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
  if (k !== k2) throw bug(`Gemm of [${a.shape.join(', ')}] and [${b.shape.join(', ')}], transA=${!!options.transA}, transB=${!!options.transB}.`);
  const attributes = { transA: options.transA ? 1 : 0, transB: options.transB ? 1 : 0 };
  return g.one('Gemm', c ? [a, b, c] : [a, b], a.dtype, [m, n], attributes);
}
