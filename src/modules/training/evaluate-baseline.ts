/** The yardstick: word and character TF-IDF with ridge regression, and TF-IDF similarity to a history, on the very same cases. */
import { similarityToHistory } from '../../ml/baseline/cosine';
import { fitRidge } from '../../ml/baseline/ridge';
import { fitTextFeatures } from '../../ml/baseline/tf-idf';
import { groupedAuc } from '../../ml/metrics/auc';
import { headlineCases, type HeadlineCase, type TitleCase } from './ctr-cases';
import { headlineFigures, type HeadlineFigures } from './evaluate-ctr';
import type { UpworthyArm } from './sources';

/** Ridge on the log of smoothed click rates; `alpha` 10 did best over three foldings of the training tests. */
export function baselineHeadlines(training: readonly UpworthyArm[], test: readonly HeadlineCase[]): HeadlineFigures {
  const known = headlineCases(training);
  const features = fitTextFeatures(known.map((c) => c.text));
  const ridge = fitRidge(features.transform(known.map((c) => c.text)), known.map((c) => Math.log((c.clicks + 1) / (c.impressions + 2))), { alpha: 10 });
  const scores = ridge.predict(features.transform(test.map((c) => c.text)));
  return headlineFigures(test, Array.from(scores));
}

/** Per-person AUC of the similarity between a title and the titles of the history. */
export function baselineTitles(titles: readonly string[], cases: readonly TitleCase[]): number {
  const model = fitTextFeatures(titles);
  const scores: number[] = [];
  for (let start = 0; start < cases.length; ) {
    let end = start;
    while (end < cases.length && cases[end]!.person === cases[start]!.person) end++;
    const group = cases.slice(start, end);
    scores.push(...similarityToHistory(model, group[0]!.profile.split(' | '), group.map((c) => c.text)));
    start = end;
  }
  return groupedAuc(cases.map((c) => c.person), scores, cases.map((c) => c.label)).mean;
}
