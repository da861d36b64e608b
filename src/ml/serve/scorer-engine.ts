/** Scores groups of texts with a loaded ranker. Lives in a worker thread; knows nothing of messages. */
import { AdloomError } from '../../base/errors';
import { Recent } from '../../base/recent';
import { sideFeeds, type RankGroup } from '../gpt2/rank-feeds';
import { encodePrefix, encodeText, type EncodedPrefix, type EncodedText } from '../gpt2/rank-text';
import { cutRuns, ownTokens, type CandidateGroup } from './cut-runs';
import { EngineAdapters, KEPT_TEXTS } from './engine-adapters';
import { modelOf, onDevice, openModel, type Layout, type ModelOptions, type OpenModel } from './open-model';
import { PrefixCache } from './prefix-cache';
import type { LoadedRanker } from './ranker-directory';
import { runSizes, type RunSizes } from './run-sizes';

export interface TextGroup {
  prefix: string;
  texts: readonly string[];
  /** Id of a loaded adapter; the base scores where absent. */
  adapter?: string;
}

/** Bytes of prefixes' keys and values that are kept unless told: 128 prefixes of 64 tokens of the shipped model. */
const KEPT_PREFIXES = 64 << 20;

/** Texts of so many tokens are a run as good by themselves as among others, and by themselves their prefix is remembered. */
const ALONE_TOKENS = 192;

export interface EngineOptions extends ModelOptions {
  /** Bound in bytes of the prefixes' keys and values that are kept between calls; 0 keeps none, and so does a device, which they would have to leave. */
  prefixCacheBytes?: number;
}

export interface EngineReply {
  /** Log-odds of every text, in order of groups and texts. */
  logits: Float32Array;
  /** For each group, the tokens of its prefix that did not fit: the oldest. */
  trimmed: Int32Array;
  tokeniseMs: number;
  inferenceMs: number;
}

/** Candidates, and whose adapter judges them. */
interface AdaptedGroup extends CandidateGroup {
  adapter: string | undefined;
}

export class ScorerEngine {
  private readonly prefixes: PrefixCache;
  private readonly sizes: RunSizes;
  private readonly texts = new Recent<string, EncodedText>(KEPT_TEXTS);

  /** Where adapters run, if not where the base does. */
  private adapted: OpenModel | undefined;

  private constructor(
    private readonly ranker: LoadedRanker,
    private model: OpenModel,
    private readonly options: EngineOptions,
    /** Where adapters are loaded. */
    readonly adapters?: EngineAdapters,
  ) {
    const { device, prefixCacheBytes = KEPT_PREFIXES } = options;
    this.sizes = runSizes(device);
    this.prefixes = new PrefixCache(ranker.shape.body!, onDevice(options) ? 0 : prefixCacheBytes);
  }

  static async open(ranker: LoadedRanker, options: EngineOptions): Promise<ScorerEngine> {
    return new ScorerEngine(ranker, await openModel(ranker, options), options);
  }

  /** An engine that takes adapters: they are inputs of each run. */
  static async openAdaptable(ranker: LoadedRanker, options: EngineOptions & { adapterBytes: number }): Promise<ScorerEngine> {
    const plain = await openModel(ranker, options);
    const engine: ScorerEngine = new ScorerEngine(ranker, plain, options, new EngineAdapters(ranker, options, (graph) => engine.adapt(graph)));
    return engine;
  }

  /** @param cancelled asked between runs; true ends the work with undefined */
  async score(groups: readonly TextGroup[], cancelled: () => boolean): Promise<EngineReply | undefined> {
    const started = performance.now();
    const encoded = this.encode(groups);
    const tokeniseMs = performance.now() - started;
    const logits = new Float32Array(groups.reduce((sum, g) => sum + g.texts.length, 0));
    const layers = await Promise.all(groups.map(({ adapter }) => this.adapters?.layersOf(adapter)));
    for (const { run, adapter } of this.runsOf(encoded, layers)) {
      if (cancelled()) return undefined;
      const part = await this.run(run.map(rankGroup), adapter);
      let i = 0;
      for (const { candidates, adapter: own } of run) {
        const adapted = await this.adapters?.logit(own);
        for (const { written, text, place, nearness } of candidates) {
          const base = part[i++]! + nearness;
          logits[place] = adapted ? adapted(written, text.grams)(base) : base;
        }
      }
    }
    requireNumbers(logits);
    const trimmed = Int32Array.from(encoded, ({ prefix }) => prefix.trimmed);
    return { logits, trimmed, tokeniseMs, inferenceMs: performance.now() - started - tokeniseMs };
  }

  /**
   * Runs with the layers of one adapter each, or of none, in the order in which they first come.
   * @param layers for each group, the adapter whose layers it needs
   */
  private *runsOf(encoded: readonly AdaptedGroup[], layers: readonly (string | undefined)[]): Generator<{ run: AdaptedGroup[]; adapter: string | undefined }> {
    for (const adapter of new Set(layers)) {
      const together: AdaptedGroup[] = [];
      for (const [i, group] of encoded.entries()) {
        if (layers[i] !== adapter) continue;
        if (adapter !== undefined || !this.standsAlone(group)) together.push(group);
        else for (const run of cutRuns([group], this.sizes.runTokens)) yield { run, adapter };
      }
      for (const run of cutRuns(together, this.sizes.runTokens)) yield { run, adapter };
    }
  }

  /** Whether more is saved by a remembered prefix than by a run with others. */
  private standsAlone({ prefix, candidates }: CandidateGroup): boolean {
    return this.prefixes.takes(prefix.ids) && (ownTokens(candidates) >= ALONE_TOKENS || this.prefixes.get(prefix.ids) !== undefined);
  }

  /** A prefix alone in its run is remembered: the next part of a large group reads it, and the next call. */
  private async run(groups: readonly RankGroup[], layers: string | undefined): Promise<Float32Array> {
    const { wide, grams } = this.ranker.shape;
    const { prefix } = groups[0]!;
    const apart = this.adapted !== undefined && layers !== undefined;
    const model = apart ? this.adapted! : this.model;
    const given = this.adapted && !apart ? undefined : await this.adapters?.feeds(layers);
    // Adapters change keys and values: the session that takes them gives none out.
    const alone = groups.length === 1 && given === undefined;
    const past = alone ? this.prefixes.get(prefix) : undefined;
    const keep = alone && !past && this.prefixes.takes(prefix);
    const feeds = { ...model.feeds(groups, past), ...sideFeeds(groups, { wide: !!wide, grams }), ...given };
    const results = await model.run(feeds, ['logits', ...(keep ? this.prefixes.outputs : [])]);
    if (keep) this.prefixes.put(prefix, results);
    return results.logits!.data as Float32Array;
  }

  /** The first adapter's session stands beside the base's on a device, and takes its place on the cpu, where memory counts for more. */
  private async adapt(graph: (layout: Layout) => Uint8Array): Promise<void> {
    const { layout } = this.model;
    const model = await modelOf(layout, graph(layout), this.ranker, this.options);
    if (onDevice(this.options)) {
      this.adapted = model;
      return;
    }
    const before = this.model;
    this.model = model;
    await before.release();
  }

  async release(): Promise<void> {
    await Promise.all([this.model.release(), this.adapted?.release()]);
  }

  private encode(groups: readonly TextGroup[]): AdaptedGroup[] {
    const { tokenizer, text: options, nearness } = this.ranker;
    const prefixes = new Map<string, EncodedPrefix>();
    let place = 0;
    return groups.map(({ prefix, texts, adapter }) => {
      let encoded = prefixes.get(prefix);
      if (!encoded) prefixes.set(prefix, (encoded = encodePrefix(prefix, tokenizer, options)));
      const near = nearness?.behind(prefix);
      const candidates = texts.map((written) => {
        const text = this.texts.of(written, () => encodeText(written, tokenizer, options));
        return { written, text, place: place++, nearness: near?.(text.grams) ?? 0 };
      });
      return { prefix: encoded, candidates, adapter };
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

function requireNumbers(logits: Float32Array): void {
  const wrong = logits.findIndex((logit) => !Number.isFinite(logit));
  if (wrong >= 0) {
    throw new AdloomError('MODEL_INVALID', `The model's score of text ${wrong} is ${logits[wrong]}, which is no number.`, {
      hint: 'Its weights are finite but too large. Use another version of the model.',
    });
  }
}
