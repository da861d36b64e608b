/**
 * The linear part of the wide tables: what words alone say of a headline, by ridge regression on click rates. It is fitted in
 * closed form after GPT-2, and joins at the gain that predicts pairs of held-out tests best.
 */
import { fitRidge } from '../../ml/baseline/ridge';
import type { SparseMatrix } from '../../ml/baseline/sparse';
import { textFeatures } from '../../ml/gpt2/hashed-features';
import { twoProportionZ } from '../../ml/metrics/pair-accuracy';
import { normalCdf } from '../../ml/metrics/normal';
import { headlineCases, type HeadlineCase } from './ctr-cases';
import { groupBy } from './ctr-examples';
import type { UpworthyArm } from './sources';

/** Penalty of the ridge (of 0.3, 1, 3, 10 and 30 the best on the validation split), and the gains tried. */
const ALPHA = 10;
const GAINS = Array.from({ length: 25 }, (_, i) => i / 4);

export interface LinearPart {
  /** Log-odds per feature row, the gain included: [buckets]. */
  coefficients: Float32Array;
  gain: number;
}

/** @param deepLogits of the validation cases, without a linear part, in the order of `headlineCases` */
export function fitLinear(training: readonly UpworthyArm[], validation: readonly UpworthyArm[], deepLogits: readonly number[], buckets: number): LinearPart {
  const known = headlineCases(training);
  const rates = known.map((c) => Math.log((c.clicks + 1) / (c.impressions + 2)));
  const ridge = fitRidge(featureMatrix(known.map((c) => c.text), buckets), rates, { alpha: ALPHA });
  const held = headlineCases(validation);
  const words = ridge.predict(featureMatrix(held.map((c) => c.text), buckets));
  const pairs = judgedPairs(held);
  const losses = GAINS.map((gain) => bestScaleLoss(pairs.map(({ first, second }) => deepLogits[first]! - deepLogits[second]! + gain * (words[first]! - words[second]!)), pairs));
  const gain = GAINS[losses.indexOf(Math.min(...losses))]!;
  return { coefficients: Float32Array.from(ridge.coefficients, (c) => c * gain), gain };
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
        return sum + pairs[i]!.weight * (Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - pairs[i]!.target * z);
      }, 0),
    ),
  );
}

/** Hashed features of texts in compressed rows; a row that occurs twice in a text is summed. */
function featureMatrix(texts: readonly string[], buckets: number): SparseMatrix {
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const text of texts) {
    const { rows, weights } = textFeatures(text, buckets);
    const summed = new Map<number, number>();
    rows.forEach((row, i) => summed.set(row, (summed.get(row) ?? 0) + weights[i]!));
    for (const [row, value] of [...summed].sort(([a], [b]) => a - b)) {
      indices.push(row);
      values.push(value);
    }
    starts.push(indices.length);
  }
  return { rows: texts.length, columns: buckets, starts: Int32Array.from(starts), indices: Int32Array.from(indices), values: Float64Array.from(values) };
}
