import type { Rng } from '../../base/rng';
import type { BanditLog, Candidates, LogSlice } from '../../ml/bandit/off-policy/bandit-log';
import { crossFitFolds } from '../../ml/bandit/off-policy/cross-fit';
import { evaluateSlices, type PolicyValue } from '../../ml/bandit/off-policy/evaluate-policy';
import { fitRewards } from '../../ml/bandit/off-policy/reward-model';
import type { EvaluationPolicy } from './evaluation-policy';
import type { ActionLog } from './read-action-log';

const FOLDS = 5;
/** Rows times actions that are in memory at once: 20 bytes each. */
const SLICE = 1_000_000;

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
  const width = policy.probabilities(0).length;
  const actions = log.actions.map((action, row) => log.positions[row]! * width + action);
  const places = [...new Set(log.positions)].toSorted((a, b) => a - b);
  const folds = Math.min(FOLDS, Math.floor(actions.length / 2));
  const model = folds >= 2 ? fitRewards({ actions, rewards: log.rewards }, (places.at(-1)! + 1) * width, log.context, crossFitFolds(actions.length, folds, options.rng.fork('folds'))) : null;

  function* slicesOf(rows: Int32Array): Generator<LogSlice> {
    const size = Math.max(1, Math.floor(SLICE / width));
    for (let from = 0; from < rows.length; from += size) {
      const some = rows.subarray(from, from + size);
      const candidates = candidatesOf(some, log, policy, width);
      yield { from, to: from + some.length, candidates, predictions: model?.predict(candidates, some) ?? new Float64Array(candidates.actions.length) };
    }
  }
  const evaluate = (label: string, wanted: (row: number) => boolean): PolicyValue => {
    const rows = Int32Array.from(actions.keys()).filter(wanted);
    const bandit: BanditLog = { actions: rows.map((row) => actions[row]!), rewards: Float64Array.from(rows, (row) => log.rewards[row]!), propensities: Float64Array.from(rows, (row) => log.propensities[row]!) };
    return evaluateSlices(bandit, slicesOf(rows), { rng: options.rng.fork(label), replicates: options.replicates });
  };
  return {
    pooled: evaluate('pooled', () => true),
    positions: new Map((options.perPosition ? places : []).map((place) => [place, evaluate(`position ${place}`, (row) => log.positions[row] === place)])),
  };
}

function candidatesOf(rows: Int32Array, log: ActionLog, policy: EvaluationPolicy, width: number): Candidates {
  const starts = new Int32Array(rows.length + 1);
  const [actions, probabilities] = [new Int32Array(rows.length * width), new Float64Array(rows.length * width)];
  let next = 0;
  for (const [place, row] of rows.entries()) {
    const table = policy.probabilities(row);
    for (let action = 0; action < width; action++) {
      if (table[action] === 0) continue;
      actions[next] = log.positions[row]! * width + action;
      probabilities[next++] = table[action]!;
    }
    starts[place + 1] = next;
  }
  return { starts, actions: actions.subarray(0, next), probabilities: probabilities.subarray(0, next) };
}
