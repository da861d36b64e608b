import type { Rng } from '../../base/rng';
import type { Candidates } from '../../ml/bandit/off-policy/bandit-log';
import { crossFitFolds } from '../../ml/bandit/off-policy/cross-fit';
import { evaluatePolicy, type EvaluationInput, type PolicyValue } from '../../ml/bandit/off-policy/evaluate-policy';
import { predictRewards } from '../../ml/bandit/off-policy/reward-model';
import type { EvaluationPolicy } from './evaluation-policy';
import type { ActionLog } from './read-action-log';

const FOLDS = 5;

export interface LogValue {
  /** Over all rows: the average over positions, in the shares that the log has them. */
  readonly pooled: PolicyValue;
  /** By place of the position, when asked for. */
  readonly positions: ReadonlyMap<number, PolicyValue>;
}

/**
 * Evaluates a policy on a log, with a reward model fitted on other folds of it. An action at another position is another action:
 * each has its own mean reward, and each must have been shown. @throws BAD_INPUT, NO_SUPPORT.
 */
export function evaluateLog(log: ActionLog, policy: EvaluationPolicy, options: { replicates: number; rng: Rng; perPosition: boolean }): LogValue {
  const candidates = candidatesOf(log, policy);
  const width = policy.probabilities(0).length;
  const actions = log.actions.map((action, row) => log.positions[row]! * width + action);
  const bandit = { actions, rewards: log.rewards, propensities: log.propensities };
  const folds = Math.min(FOLDS, Math.floor(actions.length / 2));
  const predictions =
    folds >= 2 ? predictRewards(bandit, candidates, log.context, crossFitFolds(actions.length, folds, options.rng.fork('folds'))) : new Float64Array(candidates.actions.length);
  const input = { log: bandit, candidates, predictions };
  const evaluate = (part: EvaluationInput, label: string): PolicyValue => evaluatePolicy(part, { rng: options.rng.fork(label), replicates: options.replicates });
  const places = options.perPosition ? [...new Set(log.positions)].sort((a, b) => a - b) : [];
  return {
    pooled: evaluate(input, 'pooled'),
    positions: new Map(places.map((place) => [place, evaluate(rowsWhere(input, (row) => log.positions[row] === place), `position ${place}`)])),
  };
}

function candidatesOf(log: ActionLog, policy: EvaluationPolicy): Candidates {
  const [starts, actions, probabilities] = [[0], [] as number[], [] as number[]];
  for (const row of log.actions.keys()) {
    const table = policy.probabilities(row);
    for (const [action, probability] of table.entries()) {
      if (probability === 0) continue;
      actions.push(log.positions[row]! * table.length + action);
      probabilities.push(probability);
    }
    starts.push(actions.length);
  }
  return { starts: Int32Array.from(starts), actions: Int32Array.from(actions), probabilities: Float64Array.from(probabilities) };
}

function rowsWhere({ log, candidates, predictions }: EvaluationInput, wanted: (row: number) => boolean): EvaluationInput {
  const rows = [...log.actions.keys()].filter(wanted);
  const entries = rows.flatMap((row) => Array.from({ length: candidates.starts[row + 1]! - candidates.starts[row]! }, (_, k) => candidates.starts[row]! + k));
  let end = 0;
  const starts = [0, ...rows.map((row) => (end += candidates.starts[row + 1]! - candidates.starts[row]!))];
  return {
    log: { actions: Int32Array.from(rows, (row) => log.actions[row]!), rewards: Float64Array.from(rows, (row) => log.rewards[row]!), propensities: Float64Array.from(rows, (row) => log.propensities[row]!) },
    candidates: { starts: Int32Array.from(starts), actions: Int32Array.from(entries, (k) => candidates.actions[k]!), probabilities: Float64Array.from(entries, (k) => candidates.probabilities[k]!) },
    predictions: Float64Array.from(entries, (k) => predictions[k]!),
  };
}
