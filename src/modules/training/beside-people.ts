import { fitLogistic, logitsOf, type Logistic, type LogisticSample, type Precision } from '../../ml/baseline/logistic';
import { randomIntercepts } from '../../ml/baseline/random-intercepts';
import type { SparseMatrix } from '../../ml/baseline/sparse';

/** A text shown to somebody. */
export interface ShownSample extends LogisticSample {
  /** Of one log; empty for nobody in particular. */
  readonly person: string;
}

export interface BesidePeople {
  readonly samples: readonly LogisticSample[];
  /** What words explain where nobody clicks more readily than others, near what they explain of these samples; none is looked for where nobody is known. */
  readonly near?: Logistic;
}

/**
 * Samples with what each person clicks anyway among what is known: few people see a text, and it is not to be credited with those who click
 * readily. What words explain is found first, so that nobody is taken for ready who was shown good copy.
 */
export function besidePeople(samples: readonly ShownSample[], X: SparseMatrix, precision: Precision, weigh: (samples: readonly ShownSample[]) => readonly LogisticSample[]): BesidePeople {
  const people = new Map([...new Set(samples.map(({ person }) => person))].filter((person) => person !== '').map((person, i) => [person, i]));
  if (people.size === 0) return { samples };
  const near = fitLogistic(X, weigh(samples), precision);
  const logits = logitsOf(X, samples, near);
  const known = samples.map((sample, i) => ({ ...sample, logit: logits[i]!, group: people.get(sample.person) ?? -1 }));
  const { intercepts } = randomIntercepts(known.filter(({ group }) => group >= 0), people.size);
  return {
    samples: samples.map(({ person, ...sample }, i) => (person === '' ? sample : { ...sample, offset: sample.offset + intercepts[known[i]!.group]! })),
    near,
  };
}
