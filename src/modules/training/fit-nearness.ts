/** What shared words count: how rare words are in the training split, and the log-odds of a text that is all that an item is. */
import { gramFeatures } from '../../ml/gpt2/grams';
import { fitRarity, Nearness } from '../../ml/gpt2/nearness';
import { groupedAuc } from '../../ml/metrics/auc';
import type { TitleCase } from './ctr-cases';
import type { CtrSources } from './ctr-data';

const GAINS = [0, 0.5, 1, 2, 3, 4, 6, 8, 10, 12, 16, 24];
/**
 * What shared words may cost of the best per-person AUC on titles. The best gain is that of a shop whose every title was trained on;
 * shops and interests that the model never met need more.
 */
const AUC_TO_SPARE = 0.002;

/** @param rows of the linear part's table @returns the weight of each feature row: [rows] */
export function rarityOf(training: CtrSources, rows: number): Float32Array {
  const { people, news, copy, upworthy } = training;
  const documents = [
    ...people.flatMap((p) => p.history),
    ...news.map((n) => n.title),
    ...copy.lines.map((line) => line.text),
    ...[...copy.titles.values()].flat(),
    ...upworthy.map((arm) => arm.headline),
  ];
  return fitRarity([...new Set(documents)], rows);
}

/** @param logits of the title cases without nearness @returns the most that shared words may count without harm to the order of titles */
export function gainOfNearness(rarity: Float32Array, titles: readonly TitleCase[], logits: readonly number[]): number {
  const nearness = new Nearness(rarity, 1);
  let behind = { profile: '', near: nearness.behind('') };
  const near = titles.map(({ profile, text }) => {
    if (profile !== behind.profile) behind = { profile, near: nearness.behind(profile) };
    return behind.near(gramFeatures(text, rarity.length));
  });
  const people = titles.map((c) => c.person);
  const labels = titles.map((c) => c.label);
  const aucs = GAINS.map((gain) => groupedAuc(people, logits.map((z, i) => z + gain * near[i]!), labels).mean);
  const best = Math.max(...aucs);
  return GAINS[aucs.findLastIndex((auc) => auc >= best - AUC_TO_SPARE)]!;
}
