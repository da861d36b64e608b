import { mostLikely, type GroupedSample } from './random-intercepts';
import type { LogisticSample } from './logistic';

/** What rows are worth beside their columns, Student's t around 0: most next to nothing, a few a great deal. */
export interface RowEffects {
  readonly freedom: number;
  /** Square of its scale, in log-odds. */
  readonly variance: number;
}

const NEWTON_STEPS = 8;

/** What a row says of its columns has a bound, by the variance of its own: beyond it, more samples tell of this row alone. */
export function tempered<S extends LogisticSample>(samples: readonly S[], varianceOf: (row: number) => number): S[] {
  const said = new Map<number, number>();
  const weight = samples.reduce((sum, sample) => sum + sample.weight, 0);
  const rate = samples.reduce((sum, sample) => sum + sample.weight * sample.target, 0) / weight;
  for (const sample of samples) said.set(sample.row, (said.get(sample.row) ?? 0) + sample.weight * rate * (1 - rate));
  return samples.map((sample) => ({ ...sample, weight: sample.weight / (1 + varianceOf(sample.row) * said.get(sample.row)!) }));
}

/**
 * Variances that rows have of their own, one step of expectation-maximisation as in `student-prior.ts`: a row that is far from what its columns
 * say is one of the few, and is not to be explained by them.
 * @param logits of each sample by the columns
 * @param before variances of the step before
 */
export function rowVariances(samples: readonly LogisticSample[], logits: readonly number[], { freedom, variance }: RowEffects, before: Float64Array): Float64Array {
  const members = Array.from(before, (): GroupedSample[] => []);
  samples.forEach(({ row, target, weight }, i) => members[row]!.push({ group: row, logit: logits[i]!, target, weight }));
  return before.map((of, row) => {
    const { intercept, open } = mostLikely(members[row]!, { variance: of, before: 0, steps: NEWTON_STEPS });
    return (freedom * variance + intercept * intercept + open) / (freedom + 1);
  });
}
