/** Operators that work element by element, with broadcasting. Shapes are those of `broadcast`. */
import { bug } from '../../../base/errors';
import { isFloat, type DType } from '../dtype';
import type { Graph, Value } from '../graph';
import { broadcast } from '../shape';

function binary(op: string) {
  return (g: Graph, a: Value, b: Value): Value => {
    if (a.dtype !== b.dtype) throw bug(`${op} of ${a.dtype} and ${b.dtype}.`);
    return g.one(op, [a, b], a.dtype, broadcast(a.shape, b.shape));
  };
}

function unary(op: string) {
  return (g: Graph, x: Value): Value => {
    if (!isFloat(x.dtype)) throw bug(`${op} of ${x.dtype}.`);
    return g.one(op, [x], x.dtype, x.shape);
  };
}

export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');
export const neg = unary('Neg');
export const exp = unary('Exp');
export const log = unary('Log');
export const sqrt = unary('Sqrt');
export const tanh = unary('Tanh');
export const sigmoid = unary('Sigmoid');
export const softplus = unary('Softplus');

/** x times a number. */
export function scale(g: Graph, x: Value, factor: number): Value {
  return mul(g, x, g.literal('float32', factor));
}

/** 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): `gelu_new` of GPT-2. */
export function geluTanh(g: Graph, x: Value): Value {
  return g.one('Gelu', [x], x.dtype, x.shape, { approximate: 'tanh' });
}

/** condition ? a : b, element by element. */
export function where(g: Graph, condition: Value, a: Value, b: Value): Value {
  return g.one('Where', [condition, a, b], a.dtype, broadcast(condition.shape, broadcast(a.shape, b.shape)));
}

export function lessOrEqual(g: Graph, a: Value, b: Value): Value {
  return g.one('LessOrEqual', [a, b], 'bool', broadcast(a.shape, b.shape));
}

export function less(g: Graph, a: Value, b: Value): Value {
  return g.one('Less', [a, b], 'bool', broadcast(a.shape, b.shape));
}

export function cast(g: Graph, x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x;
  const to: Record<DType, number> = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11 };
  return g.one('Cast', [x], dtype, x.shape, { to: to[dtype] });
}

/**
 * Inverted dropout (Srivastava et al. 2014): each element is 0 with probability `ratio`, else divided by 1 - ratio.
 * @param seed makes the stream of masks of this node repeatable from the session's start
 */
export function dropout(g: Graph, x: Value, ratio: number, seed: number): Value {
  if (ratio === 0) return x;
  const training = g.constants.get('dropout_training')?.value ?? g.constant('dropout_training', 'bool', [], Uint8Array.of(1));
  const results = [{ dtype: x.dtype, shape: x.shape }, { dtype: 'bool' as const, shape: x.shape }];
  return g.node('Dropout', [x, g.literal('float32', ratio), training], results, { seed })[0]!;
}
