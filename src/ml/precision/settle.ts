/** Close races, run again: the candidates that a build cannot tell from the best are scored anew, exactly. */

/** Places within `margin` of the best, where there is more than the best. */
export function closeRace(logits: ArrayLike<number>, margin: number): number[] {
  let most = -Infinity;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i]!);
  const places = Array.from({ length: logits.length }, (_, i) => i).filter((i) => logits[i]! >= most - margin);
  return margin > 0 && places.length > 1 ? places : [];
}

/** The scores with those of a close race replaced. @param exact scores of the candidates at these places, in their order */
export function settledLogits(logits: ArrayLike<number>, margin: number, exact: (places: number[]) => readonly number[]): { logits: number[]; again: number } {
  const settled = Array.from(logits);
  const places = closeRace(logits, margin);
  if (places.length > 0) exact(places).forEach((logit, i) => (settled[places[i]!] = logit));
  return { logits: settled, again: places.length };
}
