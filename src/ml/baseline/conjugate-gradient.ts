/** Solves A x = b for a symmetric positive A, from x = 0 (Hestenes and Stiefel 1952); `b` becomes the residual. */
export function conjugateGradient(
  apply: (v: Float64Array, out: Float64Array) => void,
  b: Float64Array,
  tolerance: number,
  maximumSteps: number,
): { solution: Float64Array; steps: number } {
  const solution = new Float64Array(b.length);
  const direction = Float64Array.from(b);
  const image = new Float64Array(b.length);
  let squares = dot(b, b);
  const enough = squares * tolerance * tolerance;
  let steps = 0;
  for (; steps < maximumSteps && squares > enough; steps++) {
    apply(direction, image);
    const size = squares / dot(direction, image);
    for (let j = 0; j < b.length; j++) {
      solution[j]! += size * direction[j]!;
      b[j]! -= size * image[j]!;
    }
    const next = dot(b, b);
    const keep = next / squares;
    squares = next;
    for (let j = 0; j < b.length; j++) direction[j] = b[j]! + keep * direction[j]!;
  }
  return { solution, steps };
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
