/** Scores groups of texts with a loaded ranker. Lives in a worker thread; knows nothing of messages. */
import { rankerGraph } from '../gpt2/inference-graphs';
import { rankerFeeds, type RankGroup } from '../gpt2/rank-feeds';
import { encodePrefix, encodeText, type EncodedPrefix } from '../gpt2/rank-text';
import { createSession, type Session, type SessionOptions } from '../runtime/session';
import type { LoadedRanker } from './ranker-directory';

export interface TextGroup {
  prefix: string;
  texts: readonly string[];
}

interface EncodedGroup extends RankGroup {
  /** Where the scores of the texts go. */
  places: number[];
  /** What each text's shared words with the prefix add. */
  nearness: number[];
}

/** Tokens of one run of the model, about: enough to fill its matrix products, little enough to stay in cache. */
const RUN_TOKENS = 3072;
const ROW_BUDGET = 256;

export class ScorerEngine {
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
    // Groups of like length share a run, so that little of it is padding.
    encoded.sort((a, b) => lengthOf(a) - lengthOf(b));
    const { body, wide, grams } = this.ranker.shape;
    for (const run of cut(encoded)) {
      if (cancelled()) return undefined;
      const feeds = rankerFeeds(run, { rowBudget: ROW_BUDGET, positions: body!.positions, deep: true, wide: !!wide, grams });
      const part = (await this.session.run(feeds)).logits!.data as Float32Array;
      const near = run.flatMap((group) => group.nearness);
      run.flatMap((group) => group.places).forEach((place, i) => (logits[place] = part[i]! + near[i]!));
    }
    return { logits, tokeniseMs, inferenceMs: performance.now() - started - tokeniseMs };
  }

  release(): Promise<void> {
    return this.session.release();
  }

  private encode(groups: readonly TextGroup[]): EncodedGroup[] {
    const { tokenizer, text, nearness } = this.ranker;
    const prefixes = new Map<string, EncodedPrefix>();
    let place = 0;
    return groups.map((group) => {
      let prefix = prefixes.get(group.prefix);
      if (!prefix) prefixes.set(group.prefix, (prefix = encodePrefix(group.prefix, tokenizer, text)));
      const texts = group.texts.map((t) => encodeText(t, tokenizer, text));
      const near = nearness?.behind(group.prefix);
      return {
        prefix: prefix.ids,
        prefixFeatures: prefix.features,
        texts: texts.map((t) => t.ids),
        textFeatures: texts.map((t) => t.features),
        grams: texts.map((t) => t.grams),
        places: texts.map(() => place++),
        nearness: texts.map((t) => near?.(t.grams) ?? 0),
      };
    });
  }
}

function lengthOf({ prefix, texts }: EncodedGroup): number {
  return texts.reduce((sum, text) => sum + text.length, prefix.length);
}

/** Groups cut into runs of a bounded number of tokens; a large group is cut too, its prefix repeated. */
function* cut(groups: readonly EncodedGroup[]): Generator<EncodedGroup[]> {
  let run: EncodedGroup[] = [];
  let tokens = 0;
  for (const group of groups) {
    let open: EncodedGroup | undefined;
    for (let i = 0; i < group.texts.length; i++) {
      if (tokens >= RUN_TOKENS) {
        yield run;
        [run, tokens, open] = [[], 0, undefined];
      }
      if (!open) {
        open = { ...group, texts: [], textFeatures: [], grams: [], places: [], nearness: [] };
        run.push(open);
        tokens += group.prefix.length;
      }
      open.texts.push(group.texts[i]!);
      open.textFeatures.push(group.textFeatures[i]!);
      open.grams.push(group.grams[i]!);
      open.places.push(group.places[i]!);
      open.nearness.push(group.nearness[i]!);
      tokens += group.texts[i]!.length;
    }
  }
  if (run.length > 0) yield run;
}
