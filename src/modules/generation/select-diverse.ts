import { jaccard, NEAR_DUPLICATE, shingles } from '../../domain/guard/similarity';

export interface Candidate {
  readonly headline: string;
  readonly body: string | null;
  /** Higher is better, in units of the logit. */
  readonly merit: number;
}

/** What a headline wholly like one that is chosen loses, in units of the logit. */
const PENALTY = 1.5;

/**
 * Greedy maximal marginal relevance (Carbonell and Goldstein 1998): each step takes the candidate with the most merit left after
 * what it shares with those chosen. No headline comes twice, nor one nearly like it; a body comes again only when all have come.
 */
export function selectDiverse<T extends Candidate>(candidates: readonly T[], count: number): T[] {
  const pool = candidates.map((candidate) => ({ candidate, shingles: shingles(candidate.headline), nearest: 0 }));
  const chosen: T[] = [];
  const bodies = new Map<string, number>();
  while (chosen.length < count) {
    let best: (typeof pool)[number] | null = null;
    let bestMerit = Number.NEGATIVE_INFINITY;
    for (const entry of pool) {
      if (entry.nearest >= NEAR_DUPLICATE) continue;
      const repeats = entry.candidate.body === null ? 0 : (bodies.get(entry.candidate.body) ?? 0);
      const merit = entry.candidate.merit - PENALTY * (entry.nearest + repeats);
      if (merit > bestMerit) [best, bestMerit] = [entry, merit];
    }
    if (best === null) break;
    chosen.push(best.candidate);
    const { body } = best.candidate;
    if (body !== null) bodies.set(body, (bodies.get(body) ?? 0) + 1);
    for (const entry of pool) entry.nearest = Math.max(entry.nearest, jaccard(entry.shingles, best.shingles));
  }
  return chosen;
}
