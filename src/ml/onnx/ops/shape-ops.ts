/** Operators that move elements without computing on them. */
import { bug } from '../../../base/errors';
import type { Graph, Value } from '../graph';
import { positiveAxis, sizeOf, type Dim, type Shape } from '../shape';

/** The extents of x, as int64 [rank]. */
export function shapeOf(g: Graph, x: Value): Value {
  return g.one('Shape', [x], 'int64', [x.shape.length]);
}

/**
 * x with the same elements in another shape. A named extent that stays in its place is copied; of the others one is worked out
 * and the rest are read, when the graph runs, from `like` (values whose shapes carry those names).
 */
export function reshape(g: Graph, x: Value, shape: Shape, like: readonly Value[] = []): Value {
  return g.one('Reshape', [x, shapeVector(g, x, shape, like)], x.dtype, shape);
}

/** The shape as an int64 vector: 0 copies an extent of x, -1 is worked out. */
function shapeVector(g: Graph, x: Value, shape: Shape, like: readonly Value[]): Value {
  const open = shape.filter((d, i) => typeof d === 'string' && x.shape[i] !== d);
  const workedOut = open.length <= 1 ? open[0] : open.find((d) => !like.some((v) => v.shape.includes(d)));
  const known = shape.map((d, i) => (typeof d === 'number' ? d : x.shape[i] === d ? 0 : d === workedOut ? -1 : undefined));
  if (known.every((d) => d !== undefined)) return g.literal('int64', known);
  return concat(g, shape.map((d, i) => (known[i] === undefined ? extentOf(g, d, like) : g.literal('int64', [known[i]]))), 0);
}

/** x stretched to `shape`, whose named extents are read from `like`. */
export function expand(g: Graph, x: Value, shape: Shape, like: readonly Value[] = []): Value {
  const named = shape.some((d) => typeof d === 'string');
  const vector = named ? concat(g, shape.map((d) => extentOf(g, d, like)), 0) : g.literal('int64', shape as number[]);
  return g.one('Expand', [x, vector], x.dtype, shape);
}

function extentOf(g: Graph, d: Dim, like: readonly Value[]): Value {
  if (typeof d === 'number') return g.literal('int64', [d]);
  const source = like.find((v) => v.shape.includes(d));
  if (!source) throw bug(`Nothing here carries the extent ${d}.`);
  const axis = source.shape.indexOf(d);
  return g.one('Shape', [source], 'int64', [1], { start: axis, end: axis + 1 });
}

export function transpose(g: Graph, x: Value, order: readonly number[]): Value {
  return g.one('Transpose', [x], x.dtype, order.map((axis) => x.shape[axis]!), { perm: order });
}

/** The parts of x along `axis`, of the given extents. */
export function split(g: Graph, x: Value, axis: number, extents: readonly number[]): Value[] {
  const at = positiveAxis(axis, x.shape.length);
  const total = extents.reduce((a, b) => a + b, 0);
  if (x.shape[at] !== total) throw bug(`Split of extent ${x.shape[at]} into ${extents.join(' + ')}.`);
  const results = extents.map((extent) => ({ dtype: x.dtype, shape: x.shape.map((d, i) => (i === at ? extent : d)) }));
  return g.node('Split', [x, g.literal('int64', extents)], results, { axis: at });
}

/** @param extent of the result along `axis`, needed where the parts' extents have only names */
export function concat(g: Graph, parts: readonly Value[], axis: number, extent?: Dim): Value {
  const first = parts[0]!;
  const at = positiveAxis(axis, first.shape.length);
  const known = parts.map((part) => part.shape[at]).filter((d) => typeof d === 'number');
  if (extent === undefined && known.length < parts.length) throw bug('Concat along extents with only names needs the extent of the result.');
  const joined = extent ?? known.reduce((sum, d) => sum + d, 0);
  return g.one('Concat', parts, first.dtype, first.shape.map((d, i) => (i === at ? joined : d)), { axis: at });
}

/** Rows (entries along `axis`) of x at integer `indices`: shape x[:axis] + indices + x[axis+1:]. */
export function gather(g: Graph, x: Value, indices: Value, axis = 0): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return g.one('Gather', [x, indices], x.dtype, shape, { axis });
}

/** out[i, j] = x[i, indices[i, j]] for axis 1, and so on; the shape is that of `indices`. */
export function gatherElements(g: Graph, x: Value, indices: Value, axis: number): Value {
  return g.one('GatherElements', [x, indices], x.dtype, indices.shape, { axis: positiveAxis(axis, x.shape.length) });
}

/** 0, 1, ..., n - 1 as int64, n being an int64 scalar. */
export function range(g: Graph, n: Value, extent: Dim): Value {
  return g.one('Range', [g.literal('int64', 0), n, g.literal('int64', 1)], 'int64', [extent]);
}

/** One extent of x as an int64 scalar. */
export function extentScalar(g: Graph, x: Value, axis: number): Value {
  const vector = g.one('Shape', [x], 'int64', [1], { start: axis, end: axis + 1 });
  return g.one('Squeeze', [vector], 'int64', []);
}

/** x filled with zeros, of the shape of x. */
export function zerosLike(g: Graph, x: Value): Value {
  const size = sizeOf(x.shape);
  const shape = size === undefined ? shapeOf(g, x) : g.literal('int64', x.shape as number[]);
  return g.one('Expand', [g.literal('float32', 0), shape], x.dtype, x.shape);
}
