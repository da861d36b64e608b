/** Ranking examples from logged choices: headline tests, purchases, news clicks. */
import type { Rng } from '../../base/rng';
import type { Features } from '../../ml/gpt2/rank-feeds';
import { encodePrefix, encodeText, type EncodedText, type RankTextOptions } from '../../ml/gpt2/rank-text';
import { normalCdf } from '../../ml/metrics/normal';
import { twoProportionZ } from '../../ml/metrics/pair-accuracy';
import type { BpeTokenizer } from '../../ml/tokenizer/bpe';
import type { RankExample, RankPair } from '../../ml/train/rank-data';
import type { GamesPerson, NewsClick, UpworthyArm } from './sources';

export interface Encoder {
  prefix(profile: string): { ids: Int32Array; features: Features };
  text(text: string): EncodedText;
}

/** Texts are encoded once and shared by all examples that hold them. */
export function createEncoder(tokenizer: BpeTokenizer, options: RankTextOptions): Encoder {
  const known = new Map<string, EncodedText>();
  return {
    prefix: (profile) => encodePrefix(profile, tokenizer, options),
    text(text) {
      let encoded = known.get(text);
      if (!encoded) known.set(text, (encoded = encodeText(text, tokenizer, options)));
      return encoded;
    },
  };
}

/** A person's profile: recent titles, newest last. */
export function profileOf(titles: readonly string[], most: number): string {
  return titles.slice(Number.isFinite(most) ? -most : 0).join(' | ');
}

export function example(encoder: Encoder, profile: string, texts: readonly string[], pairs: RankPair[]): RankExample {
  const prefix = encoder.prefix(profile);
  const encoded = texts.map((text) => encoder.text(text));
  return {
    prefix: prefix.ids,
    prefixFeatures: prefix.features,
    texts: encoded.map((e) => e.ids),
    textFeatures: encoded.map((e) => e.features),
    grams: encoded.map((e) => e.grams),
    points: texts.map(() => ({ target: 0, weight: 0 })),
    pairs,
  };
}

/**
 * One example per headline test. The target of a pair is the chance that the first headline's rate is really higher.
 * @param acrossImages weight of pairs whose images differ, beside 1 for pairs with one image; 0 leaves them out
 */
export function upworthyExamples(arms: readonly UpworthyArm[], encoder: Encoder, acrossImages: number): RankExample[] {
  const examples: RankExample[] = [];
  for (const test of groupBy(arms, (a) => a.test).values()) {
    const headlines = [...new Set(test.map((a) => a.headline))];
    const pairs = upworthyPairs(test, headlines, acrossImages);
    if (pairs.length > 0) examples.push(example(encoder, '', headlines, pairs));
  }
  return examples;
}

/** Pairs of different headlines, arms of equal headline and image pooled; indices are those of `headlines`. */
function upworthyPairs(test: readonly UpworthyArm[], headlines: readonly string[], acrossImages: number): RankPair[] {
  const cells = [...groupBy(test, (a) => `${a.image}\n${a.headline}`).values()].map((list) => ({
    image: list[0]!.image,
    index: headlines.indexOf(list[0]!.headline),
    clicks: list.reduce((sum, a) => sum + a.clicks, 0),
    impressions: list.reduce((sum, a) => sum + a.impressions, 0),
  })).filter((cell) => cell.impressions > 0);
  const pairs: RankPair[] = [];
  cells.forEach((a, i) => {
    for (const b of cells.slice(i + 1)) {
      const share = a.image === b.image ? 1 : acrossImages;
      if (a.index === b.index || share === 0) continue;
      const z = twoProportionZ(a.clicks, a.impressions, b.clicks, b.impressions);
      if (z !== 0) pairs.push({ first: a.index, second: b.index, target: normalCdf(z), weight: share * Math.abs(z) });
    }
  });
  return pairs;
}

/** Draws titles in proportion to how often they were taken. */
export function popularitySampler(people: readonly GamesPerson[], rng: Rng): () => string {
  const taken = people.flatMap((p) => [...p.history, p.next]);
  return () => taken[rng.int(taken.length)]!;
}

export interface GamesOptions {
  negatives: number;
  /** Titles of the history that are read. */
  most: number;
  /** How many of a history's last steps are examples; 1 is the step that is asked about. */
  steps: number;
}

/** What a person took next against popularity-sampled titles that they did not have. The taken one comes first. */
export function gamesExamples(people: readonly GamesPerson[], sample: () => string, encoder: Encoder, options: GamesOptions): RankExample[] {
  return people.flatMap(({ history, next }) => {
    const all = [...history, next];
    const seen = new Set(all);
    const steps = all.map((_, i) => i).slice(-options.steps);
    return steps.filter((step) => step > 0).map((step) => {
      const texts = [all[step]!];
      while (texts.length <= options.negatives) {
        const candidate = sample();
        if (!seen.has(candidate)) texts.push(candidate);
      }
      const pairs = texts.slice(1).map((_, i) => ({ first: 0, second: i + 1, target: 1, weight: 1 }));
      return example(encoder, profileOf(all.slice(0, step), options.most), texts, pairs);
    });
  });
}

/** For each reader, each clicked title against titles shown and not clicked; the profile is what was clicked before. */
export function newsExamples(clicks: readonly NewsClick[], encoder: Encoder, most: number, rng: Rng): RankExample[] {
  const examples: RankExample[] = [];
  for (const shown of groupBy(clicks, (c) => c.person).values()) {
    const ignored = shown.filter((c) => !c.clicked).map((c) => c.title);
    const clicked = shown.filter((c) => c.clicked).map((c) => c.title);
    if (ignored.length === 0) continue;
    clicked.forEach((title, i) => {
      const texts = [title, ...Array.from({ length: Math.min(4, ignored.length) }, () => ignored[rng.int(ignored.length)]!)];
      const pairs = texts.slice(1).map((_, k) => ({ first: 0, second: k + 1, target: 1, weight: 1 }));
      examples.push(example(encoder, profileOf(clicked.slice(0, i), most), texts, pairs));
    });
  }
  return examples;
}

export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
