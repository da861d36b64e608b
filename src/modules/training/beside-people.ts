import { fitLogistic, logitsOf, type LogisticSample, type Precision } from '../../ml/baseline/logistic';
import { randomIntercepts } from '../../ml/baseline/random-intercepts';
import type { SparseMatrix } from '../../ml/baseline/sparse';

/** A text shown to somebody. */
export interface ShownSample extends LogisticSample {
  /** Of one log; empty for nobody in particular. */
  readonly person: string;
}

/**
 * Samples with what each person clicks anyway among what is known: few people see a text, and it is not to be credited with those who click
 * readily. What words explain is found first, so that nobody is taken for ready who was shown good copy.
 */
export function besidePeople(samples: readonly ShownSample[], X: SparseMatrix, precision: Precision, weigh: (samples: readonly ShownSample[]) => readonly LogisticSample[]): LogisticSample[] {
  const people = new Map([...new Set(samples.map(({ person }) => person))].filter((person) => person !== '').map((person, i) => [person, i]));
  if (people.size === 0) return [...samples];
  const logits = logitsOf(X, samples, fitLogistic(X, weigh(samples), precision));
  const known = samples.map((sample, i) => ({ ...sample, logit: logits[i]!, group: people.get(sample.person) ?? -1 }));
  const { intercepts } = randomIntercepts(known.filter(({ group }) => group >= 0), people.size);
  return samples.map(({ person, ...sample }, i) => (person === '' ? sample : { ...sample, offset: sample.offset + intercepts[known[i]!.group]! }));
}
