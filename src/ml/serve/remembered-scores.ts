/**
 * Scores that were given before. A score hangs on nothing but the model, its adapter, the prefix and the text, all of which are in the
 * key: it need not be forgotten when a profile or a creative changes, only when there is no room. Nobody in particular is one prefix for
 * all, and a person's history seldom changes between two placements of one page.
 */
import type { AdaptableScorer } from './adapter-types';
import { BoundedCache } from './bounded-cache';
import type { Score, ScoreReply } from './types';

/** What is known behind one prefix and adapter. */
interface Known {
  readonly scores: Map<string, Score>;
  readonly trimmed: Pick<ScoreReply, 'prefixTrimmed'>;
  bytes: number;
}

/** A score, its place in a map and a string's header, about. */
const ENTRY_BYTES = 160;
const bytesOf = (text: string): number => ENTRY_BYTES + 2 * text.length;

/**
 * Remembers what `score` answers; bulk calls pass by, since what they ask is seldom asked again.
 * @param limit bytes; 0 remembers nothing
 */
export function rememberScores(scorer: AdaptableScorer, limit: number): AdaptableScorer {
  if (limit === 0) return scorer;
  const groups = new BoundedCache<Known>(limit);
  const keep = (key: string, texts: readonly string[], { scores, prefixTrimmed }: ScoreReply): void => {
    const known = groups.get(key) ?? { scores: new Map<string, Score>(), trimmed: prefixTrimmed === undefined ? {} : { prefixTrimmed }, bytes: bytesOf(key) };
    texts.forEach((text, i) => {
      if (!known.scores.has(text)) known.bytes += bytesOf(text);
      known.scores.set(text, scores[i]!);
    });
    groups.put(key, known, known.bytes);
  };
  return {
    ...scorer,
    // What it runs on may change.
    get identity() {
      return scorer.identity;
    },
    async score(request, options) {
      const { prefix, texts, adapter } = request;
      if (options?.signal?.aborted || texts.length === 0) return scorer.score(request, options);
      const key = `${adapter ?? ''}\n${prefix}`;
      const known = groups.get(key);
      const missing = [...new Set(texts.filter((text) => !known?.scores.has(text)))];
      if (missing.length === 0) {
        return { scores: texts.map((text) => known!.scores.get(text)!), ...known!.trimmed, timing: { tokeniseMs: 0, queueMs: 0, inferenceMs: 0 }, device: scorer.identity.device };
      }
      const reply = await scorer.score({ ...request, texts: missing }, options);
      keep(key, missing, reply);
      const fresh = new Map(missing.map((text, i) => [text, reply.scores[i]!]));
      return { ...reply, scores: texts.map((text) => fresh.get(text) ?? known!.scores.get(text)!) };
    },
    async unloadAdapter(id) {
      groups.dropWhere((key) => key.startsWith(`${id}\n`));
      return scorer.unloadAdapter(id);
    },
  };
}
