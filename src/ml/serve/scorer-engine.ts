/** Scores groups of texts with a loaded ranker. Lives in a worker thread; knows nothing of messages. */
import { Recent } from '../../base/recent';
import { buildRankerGraph } from '../gpt2/inference-graphs';
import { sideFeeds, type RankGroup } from '../gpt2/rank-feeds';
import { encodePrefix, encodeText, type EncodedPrefix, type EncodedText } from '../gpt2/rank-text';
import { sharedFeeds } from '../gpt2/share-rows';
import type { Graph } from '../onnx/graph';
import { serialize } from '../onnx/serialize';
import { createSession, type Session, type SessionOptions } from '../runtime/session';
import { cutRuns, type CandidateGroup } from './cut-runs';
import { EngineAdapters } from './engine-adapters';
import type { LoadedRanker } from './ranker-directory';

export interface TextGroup {
  prefix: string;
  texts: readonly string[];
  /** Id of a loaded adapter; the base scores where absent. */
  adapter?: string;
}

export interface EngineOptions extends SessionOptions {
  /** Another build of the graph that runs; adapters run without it. */
  rewrite?: (graph: Graph) => Graph;
}

/** Creatives are asked for again and again: the tokens and features of so many are kept. */
const KEPT_TEXTS = 4096;

export class ScorerEngine {
  private readonly texts = new Recent<string, EncodedText>(KEPT_TEXTS);

  private constructor(
    private readonly ranker: LoadedRanker,
    private session: Session,
    /** Where adapters are loaded; their first one exchanges the session. */
    readonly adapters?: EngineAdapters,
  ) {}

  static async open(ranker: LoadedRanker, options: EngineOptions): Promise<ScorerEngine> {
    return new ScorerEngine(ranker, await openGraph(ranker, options));
  }

  /** An engine that takes adapters: they are inputs of each run. */
  static async openAdaptable(ranker: LoadedRanker, options: EngineOptions & { adapterBytes: number }): Promise<ScorerEngine> {
    const plain = await openGraph(ranker, options);
    const engine: ScorerEngine = new ScorerEngine(ranker, plain, new EngineAdapters(ranker, options, (session) => engine.exchange(session)));
    return engine;
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
    for (const { run, adapter } of runsOf(encoded, groups)) {
      if (cancelled()) return undefined;
      const given = await this.adapters?.feeds(adapter);
      const rows = run.map(rankGroup);
      const { data } = (await this.session.run({ ...sharedFeeds(rows, body!), ...sideFeeds(rows, { wide: !!wide, grams }), ...given })).logits!;
      run.flatMap((group) => group.candidates).forEach(({ place, nearness }, i) => (logits[place] = Number(data[i]) + nearness));
    }
    return { logits, tokeniseMs, inferenceMs: performance.now() - started - tokeniseMs };
  }

  private async exchange(session: Session): Promise<void> {
    const before = this.session;
    this.session = session;
    await before.release();
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

function openGraph({ shape, weights }: LoadedRanker, { rewrite, ...options }: EngineOptions): Promise<Session> {
  const graph = buildRankerGraph(shape, weights);
  return createSession(serialize(rewrite?.(graph) ?? graph), options);
}

/** Runs of one adapter each, in the order in which the adapters first come. */
function* runsOf(encoded: readonly CandidateGroup[], groups: readonly TextGroup[]): Generator<{ run: CandidateGroup[]; adapter: string | undefined }> {
  for (const adapter of new Set(groups.map((group) => group.adapter))) {
    for (const run of cutRuns(encoded.filter((_, i) => groups[i]!.adapter === adapter))) yield { run, adapter };
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
