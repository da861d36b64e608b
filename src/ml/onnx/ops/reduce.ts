/** Sums, means and normalisations along axes. */
import type { Graph, Value } from '../graph';
import { positiveAxis, type Dim } from '../shape';

function reducedShape(x: Value, axes: readonly number[], keep: boolean): Dim[] {
  const set = new Set(axes.map((a) => positiveAxis(a, x.shape.length)));
  return x.shape.flatMap((d, i) => (set.has(i) ? (keep ? [1] : []) : [d]));
}

function reduction(op: string) {
  return (g: Graph, x: Value, axes: readonly number[], keep = false): Value => {
    const positive = axes.map((a) => positiveAxis(a, x.shape.length));
    return g.one(op, [x, g.literal('int64', positive)], x.dtype, reducedShape(x, positive, keep), { keepdims: keep ? 1 : 0 });
  };
}

export const reduceSum = reduction('ReduceSum');
export const reduceMean = reduction('ReduceMean');
export const reduceMax = reduction('ReduceMax');
/** ln(sum(e^x)), computed without overflow. */
export const reduceLogSumExp = reduction('ReduceLogSumExp');

/** Sum of all elements, a scalar. */
export function sumAll(g: Graph, x: Value): Value {
  return reduceSum(g, x, x.shape.map((_, i) => i));
}

export function softmax(g: Graph, x: Value, axis = -1): Value {
  return g.one('Softmax', [x], x.dtype, x.shape, { axis: positiveAxis(axis, x.shape.length) });
}

export function logSoftmax(g: Graph, x: Value, axis = -1): Value {
  return g.one('LogSoftmax', [x], x.dtype, x.shape, { axis: positiveAxis(axis, x.shape.length) });
}

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts (Ba et al. 2016). */
export function layerNormalization(g: Graph, x: Value, weight: Value, bias: Value, epsilon: number): Value {
  const kept = [...x.shape.slice(0, -1), 1];
  const results = [{ dtype: x.dtype, shape: x.shape }, { dtype: x.dtype, shape: kept }, { dtype: x.dtype, shape: kept }];
  return g.node('LayerNormalization', [x, weight, bias], results, { axis: -1, epsilon: { float: epsilon } })[0]!;
}
