import type { AskedPrecision } from '../precision/precision-for';
import { closeRace } from '../precision/settle';
import type { AdaptableScorer } from './adapter-types';
import { openScorer, type OpenOptions } from './open-scorer';
import { rememberScores } from './remembered-scores';
import type { Score } from './types';

export interface PreciseOptions extends OpenOptions {
  readonly precision?: AskedPrecision;
  /** Bound in bytes of the scores that are remembered, 32 MiB unless told; 0 remembers none. */
  readonly rememberedBytes?: number;
}

const REMEMBERED_BYTES = 32 * 1024 * 1024;

/**
 * A ranker in the fewest bits that its gate lets pass on its device. Where those are 8, candidates of one request that it cannot tell
 * from the best are scored again by a second, exact model: who wins is float32's answer.
 * @throws CONFIG_INVALID where the precision asked for is refused, with the figures
 */
export async function openPreciseScorer(directory: string, { rememberedBytes = REMEMBERED_BYTES, ...options }: PreciseOptions = {}): Promise<AdaptableScorer> {
  const fast = rememberScores(await openScorer(directory, { ...options, precision: options.precision ?? 'auto' }), rememberedBytes);
  const { precision } = fast.identity;
  if (!precision || precision.margin === 0) return fast;
  const exact = await openScorer(directory, { ...options, precision: 'fp32' }).catch(async (error: unknown) => {
    await fast.close();
    throw error;
  });
  // Each remembers its own: what 8 bits said of one text is never weighed against what 32 said of another.
  return settledScorer(fast, rememberScores(exact, rememberedBytes), precision.margin);
}

/**
 * An adapter that changes layers is the exact model's alone. One that does not (of words, say) is served in 8 bits as the base is, with kept
 * prefixes: what it adds to a logit is exact, and a race is as close as its trust in the base makes it.
 */
export function settledScorer(fast: AdaptableScorer, exact: AdaptableScorer, margin: number): AdaptableScorer {
  const trusts = new Map<string, number>();
  const inFewBits = (adapter: string | undefined): boolean => adapter === undefined || trusts.has(adapter);
  return {
    ...fast,
    // What it runs on may change.
    get identity() {
      return fast.identity;
    },
    async score(request, options) {
      const { adapter } = request;
      if (!inFewBits(adapter)) return exact.score(request, options);
      const reply = await fast.score(request, options);
      const trust = adapter === undefined ? 1 : trusts.get(adapter) ?? 1;
      const places = closeRace(reply.scores.map((score) => score.logit), margin * Math.abs(trust));
      if (places.length === 0) return reply;
      const again = await exact.score({ ...request, texts: places.map((place) => request.texts[place]!) }, options);
      const scores = [...reply.scores];
      places.forEach((place, i) => (scores[place] = again.scores[i]!));
      const { timing: a } = reply;
      const { timing: b } = again;
      const timing = { ...a, tokeniseMs: a.tokeniseMs + b.tokeniseMs, queueMs: a.queueMs + b.queueMs, inferenceMs: a.inferenceMs + b.inferenceMs };
      return { ...reply, scores, timing };
    },
    async scoreMany(pairs, options) {
      const places = [false, true].map((few) => pairs.flatMap(({ adapter }, place) => (inFewBits(adapter) === few ? [place] : [])));
      const scores: Score[] = Array.from({ length: pairs.length });
      for (const [i, scorer] of [exact, fast].entries()) {
        const some = await scorer.scoreMany(places[i]!.map((place) => pairs[place]!), options);
        places[i]!.forEach((place, k) => (scores[place] = some[k]!));
      }
      return scores;
    },
    explain: (request, options) => (inFewBits(request.adapter) ? fast : exact).explain(request, options),
    endSoon(withinMs) {
      for (const scorer of [fast, exact]) scorer.endSoon?.(withinMs);
    },
    async loadAdapter(directory) {
      const loaded = await exact.loadAdapter(directory);
      // The files may have changed in between: then the exact model serves what it read.
      if (!loaded.layers && (await fast.loadAdapter(directory)).id === loaded.id) trusts.set(loaded.id, loaded.trust);
      return loaded;
    },
    async unloadAdapter(id) {
      if (trusts.delete(id)) await fast.unloadAdapter(id);
      return exact.unloadAdapter(id);
    },
    adapterStats: () => exact.adapterStats(),
    async close() {
      await Promise.all([fast.close(), exact.close()]);
    },
  };
}
