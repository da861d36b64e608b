/**
 * Explains one score of a ranker: which words of prefix and text moved it, from a baseline of the same structure whose words say
 * nothing. Lives in a worker thread; knows nothing of messages. The parts beside GPT-2 are explained exactly (`parts.ts`), GPT-2 by
 * integrated gradients (`deep-part.ts`).
 */
import { rankSequence, type RankTextOptions } from '../gpt2/rank-text';
import type { HashedFeatures } from '../gpt2/hashed-features';
import type { Nearness } from '../gpt2/nearness';
import type { Weights } from '../gpt2/parameters';
import type { RankerShape } from '../gpt2/ranker';
import { termFeatures } from '../lora/terms';
import type { WordWeights } from '../lora/words';
import type { SessionOptions } from '../runtime/session';
import type { BpeTokenizer } from '../tokenizer/bpe';
import { neutralEmbedding } from './baseline';
import { DeepExplainer } from './deep-part';
import { gramFeatureWords, itemsOf, prefixFeatureWords, termWords, textFeatureWords } from './feature-words';
import { addAdapterWords, addGrams, addWide, share, shareBy, type ByWord } from './parts';
import { ownersOf, textWords, type TextWords } from './text-words';

export interface ExplainedRanker {
  shape: RankerShape;
  weights: Weights;
  tokenizer: BpeTokenizer;
  text: RankTextOptions;
  nearness?: Nearness;
}

/** How much one word moved the score. */
export interface WordContribution {
  readonly source: 'PREFIX' | 'TEXT';
  readonly word: string;
  /** Which word of its source, 0 first, and its UTF-16 positions there. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** Log-odds. */
  readonly contribution: number;
}

/** Log-odds that each part of the ranker gave, against the baseline; 0 for a part that it lacks. */
export interface PartContributions {
  /** GPT-2. */
  readonly deep: number;
  /** What goes with the prefix: products of hashed features. */
  readonly wide: number;
  /** Words and characters of the text alone. */
  readonly grams: number;
  /** Words shared with an item of the prefix. */
  readonly nearness: number;
  /** Words of the adapter; the other parts count what it trusts the base. */
  readonly learnt: number;
}

export interface RawExplanation {
  /** Raw log-odds of the text behind its prefix, as the scorer gives them, and of the baseline. */
  readonly logit: number;
  readonly baseline: number;
  /** Every word that some part of the model read, in reading order, prefix first. */
  readonly words: readonly WordContribution[];
  readonly parts: PartContributions;
  /** |sum of contributions - (logit - baseline)| as a share of |logit - baseline|, or of LEAST_DIFFERENCE where that is less. */
  readonly gap: number;
  /** Points of the path that were computed for the result. */
  readonly steps: number;
  readonly tokeniseMs: number;
  readonly inferenceMs: number;
}

/** The gap that is aimed at. */
export const COMPLETE = 0.02;
/** Log-odds; a lesser difference is none worth explaining, and 32-bit floats could not. */
export const LEAST_DIFFERENCE = 0.05;

export class Explainer {
  private constructor(
    private readonly ranker: ExplainedRanker,
    private readonly deep: DeepExplainer | undefined,
  ) {}

  static async open({ shape, weights, tokenizer, text, nearness }: ExplainedRanker, options: SessionOptions): Promise<Explainer> {
    const deep = shape.body && (await DeepExplainer.open(shape.body, weights, neutralEmbedding(shape.body, weights, tokenizer), options));
    // GPT-2's weights are in its session now: only those of the other parts are kept here.
    const others: Weights = new Map([...weights].filter(([name]) => name.startsWith('wide.') || name.startsWith('grams.')));
    return new Explainer({ shape, weights: others, tokenizer, text, nearness }, deep);
  }

  /**
   * @param cancelled asked between runs; true ends the work with undefined
   * @param adapter words of an adapter whose score is to be explained; the ranker's own where absent
   */
  async explain(prefix: string, text: string, cancelled: () => boolean, adapter?: WordWeights): Promise<RawExplanation | undefined> {
    const started = performance.now();
    const sequence = rankSequence(prefix, text, this.ranker.tokenizer, this.ranker.text);
    const sides = { prefix: sideOf(prefix, true), text: sideOf(text, false) };
    const others = this.beside(prefix, text, sides, sequence.features);
    const tokeniseMs = performance.now() - started;

    const places = sequence.tokens.map(({ source, start, end }) => {
      const side = source && sides[source];
      return side ? { side, words: ownersOf(side.words, start, end) } : undefined;
    });
    const moved = places.map((place) => !!place && place.words.length > 0);
    const { trust = 1 } = adapter ?? {};
    const own: Side = { ...sides.text, by: new Float64Array(sides.text.by.length) };
    const learnt = adapter ? learntOf(adapter, text, sequence.features.grams, own, this.ranker.shape.grams?.rows) : 0;
    const beside = others.wide + others.grams + others.nearness;
    const whole = (difference: number): number => trust * (difference + beside) + learnt;
    const enough = (gap: number, difference: number): boolean => relative(trust * gap, whole(difference)) <= COMPLETE;
    const deep = this.deep && (await this.deep.explain(sequence.tokens.map(({ id }) => id), moved, enough, cancelled));
    if (this.deep && !deep) return undefined;
    deep?.attributions.forEach((amount, t) => {
      if (moved[t]) share(places[t]!.side.by, places[t]!.words, amount);
    });

    const bias = this.ranker.weights.get('wide.bias')?.data[0] ?? 0;
    const difference = deep ? deep.logit - deep.baseline : 0;
    const explained = deep ? deep.attributions.reduce((sum, amount) => sum + amount, 0) : 0;
    const baseline = (deep?.baseline ?? 0) + bias;
    sequence.tokens.forEach((_, t) => places[t]?.words.forEach((word) => places[t]!.side.read.add(word)));
    for (const { by } of [sides.prefix, sides.text]) by.forEach((amount, word) => (by[word] = trust * amount));
    own.by.forEach((amount, word) => (sides.text.by[word]! += amount));
    return {
      logit: trust * baseline + whole(difference),
      baseline: trust * baseline,
      words: [...wordsOf('PREFIX', sides.prefix), ...wordsOf('TEXT', sides.text)],
      parts: { deep: trust * difference, wide: trust * others.wide, grams: trust * others.grams, nearness: trust * others.nearness, learnt },
      gap: relative(trust * (explained - difference), whole(difference)),
      steps: deep?.steps ?? 0,
      tokeniseMs,
      inferenceMs: performance.now() - started - tokeniseMs,
    };
  }

  async release(): Promise<void> {
    await this.deep?.release();
  }

  /** Adds what the parts beside GPT-2 gave to the words, and returns their sums. */
  private beside(prefix: string, text: string, sides: { prefix: Side; text: Side }, features: ReturnType<typeof rankSequence>['features']): Omit<PartContributions, 'deep' | 'learnt'> {
    const { shape, weights, nearness } = this.ranker;
    let [wide, grams, near] = [0, 0, 0];
    if (shape.wide) {
      const made = {
        text: textFeatureWords(text, sides.text.words, shape.wide.buckets),
        prefix: prefixFeatureWords(prefix, sides.prefix.words, shape.wide.buckets),
      };
      wide = addWide(weights, { features: features.text, made: made.text, to: sides.text.by }, { features: features.prefix, made: made.prefix, to: sides.prefix.by });
      for (const side of ['text', 'prefix'] as const) made[side].forEach(({ words }) => words.forEach((word) => sides[side].read.add(word)));
    }
    if (shape.grams) {
      const shares = gramFeatureWords(text, 0, sides.text.words, shape.grams.rows);
      for (const of of shares.values()) for (const word of of.keys()) sides.text.read.add(word);
      const gain = features.prefix.rows.length > 0 ? shape.grams.behindPrefix : 1;
      grams = addGrams(weights, features.grams, gain, shares, sides.text.by);
      if (nearness) {
        const shared = nearness.sharedWith(prefix, features.grams);
        const item = itemsOf(prefix)[shared.item];
        const ofItem = item && gramFeatureWords(item.text, item.start, sides.prefix.words, shape.grams.rows);
        shared.rows.forEach((row, i) => {
          near += shared.logOdds[i]!;
          // A product again: half to each side. Which item is nearest, and the lengths, are taken as they are.
          shareBy(sides.text.by, shares.get(row), shared.logOdds[i]! / 2);
          shareBy(sides.prefix.by, ofItem?.get(row), shared.logOdds[i]! / 2);
        });
      }
    }
    return { wide, grams, nearness: near };
  }
}

/** Adds what an adapter's words gave to the words of the text, and returns their sum. @param rows of the ranker's linear part */
function learntOf(adapter: WordWeights, text: string, grams: HashedFeatures, { words, by, read }: Side, rows: number | undefined): number {
  const ofBase = adapter.ofBase && rows !== undefined;
  const shares = ofBase ? gramFeatureWords(text, 0, words, rows) : termWords(text, words);
  for (const of of shares.values()) for (const word of of.keys()) read.add(word);
  return addAdapterWords(adapter, ofBase ? grams : termFeatures(text), shares, by);
}

/** One of the two texts, its words, and what they were found to contribute. */
interface Side {
  readonly words: TextWords;
  readonly by: ByWord;
  /** Words that some part read. */
  readonly read: Set<number>;
}

function sideOf(text: string, separators: boolean): Side {
  const words = textWords(text, separators);
  return { words, by: new Float64Array(words.words.length), read: new Set() };
}

function wordsOf(source: WordContribution['source'], { words, by, read }: Side): WordContribution[] {
  return words.words.flatMap(({ text, start, end }, index) => (read.has(index) || by[index] !== 0 ? [{ source, word: text, index, start, end, contribution: by[index]! }] : []));
}

function relative(gap: number, difference: number): number {
  return Math.abs(gap) / Math.max(Math.abs(difference), LEAST_DIFFERENCE);
}
