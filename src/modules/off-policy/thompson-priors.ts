import { badInput } from '../../base/errors';
import type { Rng } from '../../base/rng';
import { byPosition, type EvaluationPolicy } from './evaluation-policy';
import { readTable } from './policy-file';
import { numberIn, Vocabulary, type ActionLog } from './read-action-log';

/** As many as the Open Bandit Pipeline draws. */
const SIMULATIONS = 100_000;

/**
 * Bernoulli Thompson sampling from a CSV of action, alpha, beta, as the Open Bandit Pipeline estimates it (Saito et al. 2021): click
 * rates are drawn from their Beta distributions, actions sorted by them, and the first go to the positions in order; the share of
 * draws that put an action at a position is its probability there. @throws BAD_INPUT.
 */
export async function readThompsonPriors(file: string, log: ActionLog, vocabulary: Vocabulary, rng: Rng): Promise<EvaluationPolicy> {
  const priors = new Map<number, { alpha: number; beta: number }>();
  await readTable(file, ['action', 'alpha', 'beta'], [], (line, cell) => {
    const number = (field: string): number => numberIn(line, field, cell(field), (value) => value > 0 && Number.isFinite(value), 'a number above 0');
    const action = Vocabulary.place(vocabulary.actions, cell('action'));
    if (priors.has(action)) throw badInput(`line ${line}`, `Line ${line} names action ${cell('action')} a second time.`);
    priors.set(action, { alpha: number('alpha'), beta: number('beta') });
  });
  const [actions, names] = [[...priors.keys()], [...vocabulary.positions.keys()].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))];
  if (actions.length < names.length) throw badInput('--evaluation-policy', `${file} has ${actions.length} actions for ${names.length} positions; it needs one for each.`);
  const tables = names.map(() => new Float64Array(vocabulary.actions.size));
  const rates = new Float64Array(actions.length);
  for (let simulation = 0; simulation < SIMULATIONS; simulation++) {
    for (const [i, action] of actions.entries()) rates[i] = drawBeta(priors.get(action)!.alpha, priors.get(action)!.beta, rng);
    for (const table of tables) {
      let best = 0;
      for (let i = 1; i < rates.length; i++) if (rates[i]! > rates[best]!) best = i;
      table[actions[best]!]! += 1 / SIMULATIONS;
      rates[best] = -1;
    }
  }
  const inPlace = [...vocabulary.positions.keys()].map((name) => tables[names.indexOf(name)]!);
  return byPosition(`Bernoulli Thompson sampling from the priors of ${file}, ${SIMULATIONS.toLocaleString('en')} draws`, log, inPlace);
}

function drawBeta(alpha: number, beta: number, rng: Rng): number {
  const [a, b] = [drawGamma(alpha, rng), drawGamma(beta, rng)];
  // Of shapes near 0 both are too small for a number; the draw is then 0 or 1.
  return a + b > 0 ? a / (a + b) : rng.next() * (alpha + beta) < alpha ? 1 : 0;
}

/** Marsaglia and Tsang 2000; below shape 1 by their boost. */
function drawGamma(shape: number, rng: Rng): number {
  if (shape < 1) return drawGamma(shape + 1, rng) * (1 - rng.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - rng.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
