'use strict';
/**
 * A contextual bandit whose every probability is known, for judging off-policy estimators: five kinds of people, six actions,
 * rewards that are clicks. The logging policy explores with a floor; the evaluation policy wants other things.
 */
const KINDS = 5;
const ACTIONS = 6;

const softmax = (scores, floor) => {
  const e = scores.map(Math.exp);
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((each) => (1 - floor) * (each / total) + floor / scores.length);
};
const table = (of) => Array.from({ length: KINDS }, (_, x) => of(x));
const share = [0.35, 0.25, 0.2, 0.15, 0.05];
const click = table((x) => Array.from({ length: ACTIONS }, (_, a) => 0.05 + 0.4 * ((Math.sin(3 * x + 2 * a) + 1) / 2) ** 2));
const logging = table((x) => softmax(Array.from({ length: ACTIONS }, (_, a) => Math.cos(x + 2 * a)), 0.12));
const evaluation = table((x) => softmax(Array.from({ length: ACTIONS }, (_, a) => 1.5 * Math.sin(x + 1.3 * a)), 0));

/** What the evaluation policy earns per row, exactly. */
const trueValue = share.reduce((sum, p, x) => sum + p * evaluation[x].reduce((inner, pi, a) => inner + pi * click[x][a], 0), 0);

const draw = (rng, probabilities) => {
  let u = rng.next();
  for (let i = 0; i < probabilities.length - 1; i++) if ((u -= probabilities[i]) < 0) return i;
  return probabilities.length - 1;
};

/** A log of n rows and the evaluation policy beside it. `kinds` are the contexts. */
function sample(rng, n) {
  const log = { actions: new Int32Array(n), rewards: new Float64Array(n), propensities: new Float64Array(n) };
  const candidates = { starts: Int32Array.from({ length: n + 1 }, (_, i) => i * ACTIONS), actions: new Int32Array(n * ACTIONS), probabilities: new Float64Array(n * ACTIONS) };
  const kinds = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const x = (kinds[i] = draw(rng, share));
    const a = (log.actions[i] = draw(rng, logging[x]));
    log.rewards[i] = rng.next() < click[x][a] ? 1 : 0;
    log.propensities[i] = logging[x][a];
    for (let k = 0; k < ACTIONS; k++) {
      candidates.actions[i * ACTIONS + k] = k;
      candidates.probabilities[i * ACTIONS + k] = evaluation[x][k];
    }
  }
  return { log, candidates, kinds };
}

module.exports = { ACTIONS, KINDS, click, evaluation, logging, sample, trueValue };
