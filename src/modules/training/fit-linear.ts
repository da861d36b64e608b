/**
 * The linear part: what words and characters alone say of a headline, by ridge regression on differences within headline tests. It is
 * fitted in closed form after GPT-2, and joins at the gain that predicts pairs of held-out tests best.
 */
import { fitRidge } from '../../ml/baseline/ridge';
import type { SparseMatrix } from '../../ml/baseline/sparse';
import { gramFeatures } from '../../ml/gpt2/grams';
import { groupedAuc } from '../../ml/metrics/auc';
import { logLossOfLogit } from '../../ml/metrics/log-loss';
import { twoProportionZ } from '../../ml/metrics/pair-accuracy';
import { normalCdf } from '../../ml/metrics/normal';
import { headlineCases, type HeadlineCase, type TitleCase } from './ctr-cases';
import { groupBy } from './ctr-examples';
import type { UpworthyArm } from './sources';

/** Penalty of the ridge: of 3, 5, 10 and 30 the best over five foldings by story. */
const ALPHA = 10;
/** Variance of true log-odds differences that no words explain, beside the sampling variance of the observed ones. */
const UNEXPLAINED = 0.05;
const GAINS = Array.from({ length: 49 }, (_, i) => i / 4);

export interface LinearPart {
  /** Log-odds per feature row, the gain included: [rows]. */
  coefficients: Float32Array;
  gain: number;
}

/** @param deepLogits of the validation cases, without a linear part, in the order of `headlineCases` */
export function fitLinear(training: readonly UpworthyArm[], validation: readonly UpworthyArm[], deepLogits: readonly number[], rows: number): LinearPart {
  const coefficients = fitDifferences(headlineCases(training), rows);
  const held = headlineCases(validation);
  const words = held.map((c) => gramScore(coefficients, c.text));
  const pairs = judgedPairs(held);
  const losses = GAINS.map((gain) => bestScaleLoss(pairs.map(({ first, second }) => deepLogits[first]! - deepLogits[second]! + gain * (words[first]! - words[second]!)), pairs));
  const gain = GAINS[losses.indexOf(Math.min(...losses))]!;
  return { coefficients: Float32Array.from(coefficients, (c) => c * gain), gain };
}

/** What the linear part may cost of the per-person AUC on titles, where words of headlines say little. */
const AUC_TO_SPARE = 0.001;

/** @param logits of the title cases, without a linear part @returns the most that the linear part may count behind a profile, at most 1 */
export function gainBehindPrefix(coefficients: ArrayLike<number>, titles: readonly TitleCase[], logits: readonly number[]): number {
  const known = new Map<string, number>();
  const words = titles.map(({ text }) => {
    if (!known.has(text)) known.set(text, gramScore(coefficients, text));
    return known.get(text)!;
  });
  const auc = (gain: number): number => groupedAuc(titles.map((c) => c.person), logits.map((z, i) => z + gain * words[i]!), titles.map((c) => c.label)).mean;
  const without = auc(0);
  return [1, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05].find((gain) => auc(gain) >= without - AUC_TO_SPARE) ?? 0;
}

/** The linear part's score of a text. */
export function gramScore(coefficients: ArrayLike<number>, text: string): number {
  const { rows, weights } = gramFeatures(text, coefficients.length);
  return rows.reduce((sum, row, i) => sum + coefficients[row]! * weights[i]!, 0);
}

/**
 * Ridge on pairs of one test and image: difference of features against difference of log click rates, weighed by its precision. What
 * test and image share falls out, where a regression on rates would have to explain it by words. Each pair comes in both orders,
 * so that the intercept is 0.
 */
export function fitDifferences(cases: readonly HeadlineCase[], rows: number): Float64Array {
  const features = cases.map((c) => gramFeatures(c.text, rows));
  const starts = [0];
  const [indices, values, targets, weights]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (const { first, second } of judgedPairs(cases)) {
    const [a, b] = [cases[first]!, cases[second]!];
    const target = Math.log((a.clicks + 1) / (a.impressions + 2)) - Math.log((b.clicks + 1) / (b.impressions + 2));
    const weight = 1 / (1 / (a.clicks + 1) + 1 / (b.clicks + 1) + UNEXPLAINED);
    const difference = new Map<number, number>();
    features[first]!.rows.forEach((row, i) => difference.set(row, features[first]!.weights[i]!));
    features[second]!.rows.forEach((row, i) => difference.set(row, (difference.get(row) ?? 0) - features[second]!.weights[i]!));
    const entries = [...difference].filter(([, value]) => value !== 0).sort(([p], [q]) => p - q);
    for (const sign of [1, -1]) {
      for (const [row, value] of entries) {
        indices.push(row);
        values.push(sign * value);
      }
      starts.push(indices.length);
      targets.push(sign * target);
      weights.push(weight);
    }
  }
  const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
  const X: SparseMatrix = { rows: targets.length, columns: rows, starts: Int32Array.from(starts), indices: Int32Array.from(indices), values: Float64Array.from(values) };
  return fitRidge(X, targets, { alpha: ALPHA, weights: weights.map((w) => w / mean) }).coefficients;
}

interface JudgedPair {
  first: number;
  second: number;
  target: number;
  weight: number;
}

function judgedPairs(cases: readonly HeadlineCase[]): JudgedPair[] {
  const indexed = cases.map((c, index) => ({ ...c, index }));
  return [...groupBy(indexed, (c) => c.group).values()].flatMap((group) =>
    group.flatMap((a, i) =>
      group.slice(i + 1).map((b) => {
        const z = twoProportionZ(a.clicks, a.impressions, b.clicks, b.impressions);
        return { first: a.index, second: b.index, target: normalCdf(z), weight: Math.abs(z) };
      }),
    ),
  );
}

/** Pairwise logistic loss at the best of some scales: calibration comes later and may stretch the logit. */
function bestScaleLoss(differences: readonly number[], pairs: readonly JudgedPair[]): number {
  return Math.min(
    ...[0.1, 0.2, 0.4, 0.7, 1, 1.5, 2].map((scale) =>
      differences.reduce((sum, difference, i) => {
        const z = scale * difference;
        return sum + pairs[i]!.weight * logLossOfLogit(z, pairs[i]!.target);
      }, 0),
    ),
  );
}
