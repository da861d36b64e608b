/** A sample with the log-odds that are known of it without its group. */
export interface GroupedSample {
  readonly group: number;
  readonly logit: number;
  /** In [0, 1]. */
  readonly target: number;
  readonly weight: number;
}

export interface RandomIntercepts {
  /** Log-odds that each group has of its own, 0 for one without samples. */
  readonly intercepts: Float64Array;
  /** Of the groups' normal distribution around 0. */
  readonly variance: number;
}

const ROUNDS = 20;
const NEWTON_STEPS = 3;
/** Where the search begins, and what groups of few samples leave it near: odds within a factor of 1.6 for two of three. */
const FIRST_VARIANCE = 0.25;
/** Groups that differ by no more than this, or by no less than that, are not told from it. */
const [LEAST, MOST] = [1e-4, 10];

/**
 * What groups of samples have in common each, beside what is known: a random intercept, its variance found by expectation-maximisation with
 * Laplace's approximation of each group (Breslow and Clayton, "Approximate inference in generalized linear mixed models", 1993).
 */
export function randomIntercepts(samples: readonly GroupedSample[], groups: number): RandomIntercepts {
  const members = Array.from({ length: groups }, (): GroupedSample[] => []);
  for (const sample of samples) members[sample.group]!.push(sample);
  const told = members.filter((of) => of.length > 0).length;
  const intercepts = new Float64Array(groups);
  let variance = FIRST_VARIANCE;
  for (let round = 0; round < ROUNDS && told > 0; round++) {
    let squares = 0;
    members.forEach((of, group) => {
      if (of.length === 0) return;
      const { intercept, open } = mostLikely(of, { variance, before: intercepts[group]!, steps: NEWTON_STEPS });
      intercepts[group] = intercept;
      squares += intercept * intercept + open;
    });
    if (round < ROUNDS - 1) variance = Math.min(MOST, Math.max(LEAST, squares / told));
  }
  return { intercepts, variance };
}

/** Of one group under the prior, by Newton's method from where it was, and the variance it is left with. */
export function mostLikely(of: readonly GroupedSample[], { variance, before, steps }: { variance: number; before: number; steps: number }): { intercept: number; open: number } {
  let [intercept, bend] = [before, 0];
  for (let step = 0; step < steps; step++) {
    let slope = -intercept / variance;
    bend = 1 / variance;
    for (const { logit, target, weight } of of) {
      const p = 1 / (1 + Math.exp(-(logit + intercept)));
      slope += weight * (target - p);
      bend += weight * p * (1 - p);
    }
    // A step of more than one would leave what the curvature tells of.
    intercept += Math.max(-1, Math.min(1, slope / bend));
  }
  return { intercept, open: 1 / bend };
}
