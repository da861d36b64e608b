/** Scores groups of texts with a loaded ranker. Lives in a worker thread; knows nothing of messages. */
import { Recent } from '../../base/recent';
import { rankerGraph } from '../gpt2/inference-graphs';
import { sideFeeds, type RankGroup } from '../gpt2/rank-feeds';
import { encodePrefix, encodeText, type EncodedPrefix, type EncodedText } from '../gpt2/rank-text';
import { sharedFeeds } from '../gpt2/share-rows';
import { createSession, type Session, type SessionOptions } from '../runtime/session';
import { cutRuns, type CandidateGroup } from './cut-runs';
import type { LoadedRanker } from './ranker-directory';

export interface TextGroup {
  prefix: string;
  texts: readonly string[];
}

/** Creatives are asked for again and again: the tokens and features of so many are kept. */
const KEPT_TEXTS = 4096;

export class ScorerEngine {
  private readonly texts = new Recent<string, EncodedText>(KEPT_TEXTS);

  private constructor(
    private readonly ranker: LoadedRanker,
    private readonly session: Session,
  ) {}

  static async open(ranker: LoadedRanker, options: SessionOptions): Promise<ScorerEngine> {
    return new ScorerEngine(ranker, await createSession(rankerGraph(ranker.shape, ranker.weights), options));
  }

  /**
   * Log-odds of every text, in order of groups and texts.
   * @param cancelled asked between runs; true ends the work with undefined
   */
  async score(groups: readonly TextGroup[], cancelled: () => boolean): Promise<{ logits: Float32Array; tokeniseMs: number; inferenceMs: number } | undefined> {
    const started = performance.now();
    const encoded = this.encode(groups);
    const tokeniseMs = performance.now() - started;
    const logits = new Float32Array(groups.reduce((sum, g) => sum + g.texts.length, 0));
    const { body, wide, grams } = this.ranker.shape;
    for (const run of cutRuns(encoded)) {
      if (cancelled()) return undefined;
      const rows = run.map(rankGroup);
      const { data } = (await this.session.run({ ...sharedFeeds(rows, body!), ...sideFeeds(rows, { wide: !!wide, grams }) })).logits!;
      run.flatMap((group) => group.candidates).forEach(({ place, nearness }, i) => (logits[place] = Number(data[i]) + nearness));
    }
    return { logits, tokeniseMs, inferenceMs: performance.now() - started - tokeniseMs };
  }

  release(): Promise<void> {
    return this.session.release();
  }

  private encode(groups: readonly TextGroup[]): CandidateGroup[] {
    const { tokenizer, text: options, nearness } = this.ranker;
    const prefixes = new Map<string, EncodedPrefix>();
    let place = 0;
    return groups.map(({ prefix, texts }) => {
      let encoded = prefixes.get(prefix);
      if (!encoded) prefixes.set(prefix, (encoded = encodePrefix(prefix, tokenizer, options)));
      const near = nearness?.behind(prefix);
      const candidates = texts.map((t) => {
        const text = this.texts.of(t, () => encodeText(t, tokenizer, options));
        return { text, place: place++, nearness: near?.(text.grams) ?? 0 };
      });
      return { prefix: encoded, candidates };
    });
  }
}

function rankGroup({ prefix, candidates }: CandidateGroup): RankGroup {
  return {
    prefix: prefix.ids,
    prefixFeatures: prefix.features,
    texts: candidates.map(({ text }) => text.ids),
    textFeatures: candidates.map(({ text }) => text.features),
    grams: candidates.map(({ text }) => text.grams),
  };
}
