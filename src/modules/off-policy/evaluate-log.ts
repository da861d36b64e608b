import { badInput } from '../../base/errors';
import type { Rng } from '../../base/rng';
import type { Candidates } from '../../ml/bandit/off-policy/bandit-log';
import { crossFitFolds } from '../../ml/bandit/off-policy/cross-fit';
import { evaluatePolicy, type EvaluationInput, type PolicyValue } from '../../ml/bandit/off-policy/evaluate-policy';
import { predictRewards } from '../../ml/bandit/off-policy/reward-model';
import type { EvaluationPolicy } from './evaluation-policy';
import type { ActionLog } from './read-action-log';

const FOLDS = 5;
/** Rows times actions: about 8 GB of them. */
const MOST_CANDIDATES = 400_000_000;

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

/** @throws BAD_INPUT when there are more than memory is for. */
function candidatesOf(log: ActionLog, policy: EvaluationPolicy): Candidates {
  const rows = log.actions.length;
  const starts = new Int32Array(rows + 1);
  for (let row = 0, total = 0; row < rows; row++) {
    for (const probability of policy.probabilities(row)) if (probability > 0) total++;
    if (total > MOST_CANDIDATES) throw badInput('file', `${log.file} has ${rows} rows, each with up to ${policy.probabilities(row).length} actions that the policy may take; ${MOST_CANDIDATES} of both together is the most.`, 'Evaluate on a part of the rows, drawn at random.');
    starts[row + 1] = total;
  }
  const [actions, probabilities] = [new Int32Array(starts[rows]!), new Float64Array(starts[rows]!)];
  for (let row = 0, next = 0; row < rows; row++) {
    const table = policy.probabilities(row);
    for (let action = 0; action < table.length; action++) {
      if (table[action] === 0) continue;
      actions[next] = log.positions[row]! * table.length + action;
      probabilities[next++] = table[action]!;
    }
  }
  return { starts, actions, probabilities };
}

function rowsWhere({ log, candidates, predictions }: EvaluationInput, wanted: (row: number) => boolean): EvaluationInput {
  const rows = Array.from(log.actions.keys()).filter(wanted);
  const starts = new Int32Array(rows.length + 1);
  for (const [place, row] of rows.entries()) starts[place + 1] = starts[place]! + candidates.starts[row + 1]! - candidates.starts[row]!;
  const picked = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
    for (const [place, row] of rows.entries()) to.set(from.subarray(candidates.starts[row]!, candidates.starts[row + 1]!), starts[place]!);
    return to;
  };
  const entries = starts[rows.length]!;
  return {
    log: { actions: Int32Array.from(rows, (row) => log.actions[row]!), rewards: Float64Array.from(rows, (row) => log.rewards[row]!), propensities: Float64Array.from(rows, (row) => log.propensities[row]!) },
    candidates: { starts, actions: picked(candidates.actions, new Int32Array(entries)), probabilities: picked(candidates.probabilities, new Float64Array(entries)) },
    predictions: picked(predictions, new Float64Array(entries)),
  };
}
