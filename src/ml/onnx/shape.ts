import { bug } from '../../base/errors';

/** A known extent, or the name of one that is known when the graph runs. Equal names mean equal extents. */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** NumPy's broadcasting: aligned from the right, an extent of 1 stretches. */
export function broadcast(a: Shape, b: Shape): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw bug(`Shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast.`);
  });
}

/** `axis` counted from the front, negative ones from the back. */
export function positiveAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) throw bug(`Axis ${axis} is outside rank ${rank}.`);
  return positive;
}

/** Number of elements, or undefined where an extent has only a name. */
export function sizeOf(shape: Shape): number | undefined {
  let size = 1;
  for (const d of shape) {
    if (typeof d !== 'number') return undefined;
    size *= d;
  }
  return size;
}
