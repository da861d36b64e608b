/** Ranking examples from logged choices: every text of a profile by its rate of clicks, and against the others. */
import { inTurns } from '../../base/in-turns';
import type { Rng } from '../../base/rng';
import type { PlattCalibration } from '../../ml/metrics/platt';
import type { LoadedRanker } from '../../ml/serve/ranker-directory';
import type { RankExample, RankPair } from '../../ml/train/rank-data';
import type { Choice } from './choices';
import { createEncoder, example } from './ctr-examples';

/** How the base's logits become log-odds of a click in this log. */
export interface Curves {
  withProfile: PlattCalibration;
  withoutProfile: PlattCalibration;
}

interface Shown {
  text: string;
  shown: number;
  clicks: number;
}

/** Read in one turn of the event loop: a few milliseconds. */
const PROFILES_AT_ONCE = 30;
/** Texts of one example: enough to compare, few enough for one row. */
const TEXTS = 8;

/** Repeats of a choice are one text with its counts; the texts of one profile are dealt into examples by chance. */
export async function choiceExamples(choices: readonly Choice[], ranker: LoadedRanker, curves: Curves, rng: Rng): Promise<RankExample[]> {
  const encoder = createEncoder(ranker.tokenizer, ranker.text);
  const examplesOf = (profile: string, shown: Shown[]): RankExample[] => {
    const near = ranker.nearness?.behind(profile);
    const { slope, intercept } = profile === '' ? curves.withoutProfile : curves.withProfile;
    return dealt(rng.shuffle(shown)).map((texts): RankExample => {
      const plain = example(encoder, profile, texts.map(({ text }) => text), pairsOf(texts));
      return {
        ...plain,
        points: texts.map(({ shown: count, clicks }) => ({ target: clicks / count, weight: count })),
        // What shared words add is added outside the graph when serving: the adapter must learn on top of it.
        lines: texts.map(({ text }) => ({ scale: slope, shift: intercept + slope * (near?.(encoder.text(text).grams) ?? 0) })),
      };
    });
  };
  const examples: RankExample[] = [];
  for await (const profiles of inTurns([...(await countByProfile(choices))], PROFILES_AT_ONCE)) {
    for (const [profile, shown] of profiles) examples.push(...examplesOf(profile, shown));
  }
  return examples;
}

/**
 * Clicks of one against misses of the other, either way: under a logistic model of clicks the first of such a pair is the clicked
 * one with probability sigmoid(difference).
 */
function pairsOf(texts: readonly Shown[]): RankPair[] {
  return texts.flatMap((a, i) =>
    texts.slice(i + 1).flatMap((b, k): RankPair[] => {
      const wins = a.clicks * (b.shown - b.clicks);
      const losses = b.clicks * (a.shown - a.clicks);
      const weight = (wins + losses) / Math.max(a.shown, b.shown);
      return weight > 0 ? [{ first: i, second: i + 1 + k, target: wins / (wins + losses), weight }] : [];
    }),
  );
}

async function countByProfile(choices: readonly Choice[]): Promise<Map<string, Shown[]>> {
  const profiles = new Map<string, Map<string, Shown>>();
  for await (const slice of inTurns(choices)) {
    for (const { profile, text, clicked, weight = 1 } of slice) {
      let texts = profiles.get(profile);
      if (!texts) profiles.set(profile, (texts = new Map()));
      let entry = texts.get(text);
      if (!entry) texts.set(text, (entry = { text, shown: 0, clicks: 0 }));
      entry.shown += weight;
      entry.clicks += weight * Number(clicked);
    }
  }
  return new Map([...profiles].map(([profile, texts]) => [profile, [...texts.values()]]));
}

function dealt<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / TEXTS) }, (_, i) => items.slice(i * TEXTS, (i + 1) * TEXTS));
}
