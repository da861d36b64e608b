import { normaliseLine } from '../copy/text-fold';

const SHINGLE = 3;

/** Character trigrams of the normalised text, with its edges, so that short lines have some too. */
export function shingles(text: string): Set<string> {
  const line = ` ${normaliseLine(text)} `;
  const found = new Set<string>();
  for (let i = 0; i + SHINGLE <= line.length; i++) found.add(line.slice(i, i + SHINGLE));
  return found;
}

/** Jaccard similarity of two sets: shared over all, 0 to 1. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1;
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const item of small) if (large.has(item)) shared++;
  return shared / (a.size + b.size - shared);
}

export function similarity(a: string, b: string): number {
  return jaccard(shingles(a), shingles(b));
}

/** From here on two headlines read as one with a word exchanged. */
export const NEAR_DUPLICATE = 0.6;
