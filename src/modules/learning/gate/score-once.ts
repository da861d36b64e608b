import type { AdaptableScorer, AdaptedPair } from '../../../ml/serve/adapter-types';
import type { Score } from '../../../ml/serve/types';

/** Bulk scores by one adapter, or the base alone: people come again and copy is shown again, and each pair of them is scored once. */
export function scoreOnce(scorer: Pick<AdaptableScorer, 'scoreMany'>, adapter: string | undefined): (pairs: readonly AdaptedPair[], signal: AbortSignal) => Promise<Score[]> {
  const kept = new Map<string, Score>();
  const keyOf = ({ prefix, text }: AdaptedPair): string => `${prefix}\n${text}`;
  return async (pairs, signal) => {
    const fresh = new Map(pairs.flatMap(({ prefix, text }) => (kept.has(keyOf({ prefix, text })) ? [] : [[keyOf({ prefix, text }), { prefix, text, ...(adapter === undefined ? {} : { adapter }) }] as const])));
    const scores = await scorer.scoreMany([...fresh.values()], { signal });
    let next = 0;
    for (const key of fresh.keys()) kept.set(key, scores[next++]!);
    return pairs.map((pair) => kept.get(keyOf(pair))!);
  };
}
