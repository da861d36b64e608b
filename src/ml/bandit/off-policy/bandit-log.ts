import { badInput } from '../../../base/errors';

/** What the logging policy did: one entry per row in each array. */
export interface BanditLog {
  /** Index of the action that was taken. */
  readonly actions: Int32Array;
  /** What it earned; any finite number. */
  readonly rewards: Float64Array;
  /** Probability with which the logging policy took it, given the row's context: in (0, 1]. */
  readonly propensities: Float64Array;
}

/**
 * pi(a | x_i), the evaluation policy over the candidates of each row, in compressed rows: row i holds entries `starts[i]` to
 * `starts[i + 1]`. The probabilities of a row sum to 1. An action that is not among them has probability 0.
 */
export interface Candidates {
  /** Length n + 1. */
  readonly starts: Int32Array;
  readonly actions: Int32Array;
  readonly probabilities: Float64Array;
}

/** Some rows of a log, one after the other, so that all candidates of a long log need not be there at once. */
export interface LogSlice {
  /** Places in the log, `to` excluded. */
  readonly from: number;
  readonly to: number;
  /** Of these rows: `starts` begins at 0. */
  readonly candidates: Candidates;
  /** q(x_i, a) beside the candidates, from a model that was not fitted on row i (cross-fit.ts). */
  readonly predictions: Float64Array;
}

const SUM_TOLERANCE = 1e-6;

/** @throws BAD_INPUT naming the first row that cannot be: lengths, rewards, propensities, actions. */
export function checkLog({ actions, rewards, propensities }: BanditLog): void {
  const n = actions.length;
  if (n === 0) throw badInput('log', 'A log needs at least one row.');
  if (rewards.length !== n) throw badInput('rewards', `${n} actions need ${n} rewards, ${rewards.length} came.`);
  if (propensities.length === 0) {
    throw badInput('propensities', 'The log has no propensities: without the probability of what was shown no other policy can be evaluated on it.', 'Log the propensity of the choice with every decision.');
  }
  if (propensities.length !== n) throw badInput('propensities', `${n} actions need ${n} propensities, ${propensities.length} came.`);
  for (let i = 0; i < n; i++) {
    if (actions[i]! < 0) throw badInput('actions', `Action ${i} is ${actions[i]}; it must be an index, not negative.`);
    if (!Number.isFinite(rewards[i])) throw badInput('rewards', `Reward ${i} is ${rewards[i]}; it must be a finite number.`);
    // 0 is for the check of support, which can say what hangs on it.
    if (!(propensities[i]! >= 0 && propensities[i]! <= 1)) {
      throw badInput('propensities', `Propensity ${i} is ${propensities[i]}; it must lie above 0 and at most at 1.`, 'It is the probability with which the logging policy chose what it chose.');
    }
  }
}

/** @throws BAD_INPUT naming the first row whose candidates are no distribution. */
export function checkCandidates({ from, to, candidates: { starts, actions, probabilities } }: Omit<LogSlice, 'predictions'>): void {
  const rows = to - from;
  if (starts.length !== rows + 1) throw badInput('candidates', `${rows} rows need ${rows + 1} starts, ${starts.length} came.`);
  if (starts[0] !== 0 || starts[rows] !== actions.length || actions.length !== probabilities.length) {
    throw badInput('candidates', `Candidates must run from 0 to their number: starts ${starts[0]} to ${starts[rows]}, ${actions.length} actions, ${probabilities.length} probabilities.`);
  }
  /** The row that named each action last. */
  const namedBy = new Int32Array(1 + actions.reduce((most, action) => Math.max(most, action), 0)).fill(-1);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = starts[i]!; k < starts[i + 1]!; k++) {
      if (!(probabilities[k]! >= 0 && probabilities[k]! <= 1)) throw badInput('candidates', `Row ${from + i} gives action ${actions[k]} the probability ${probabilities[k]}; it must lie between 0 and 1.`);
      if (actions[k]! < 0) throw badInput('candidates', `Row ${from + i} names action ${actions[k]}; it must be an index, not negative.`);
      if (namedBy[actions[k]!] === i) throw badInput('candidates', `Row ${from + i} names action ${actions[k]} twice.`);
      namedBy[actions[k]!] = i;
      sum += probabilities[k]!;
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw badInput('candidates', `The evaluation policy's probabilities of row ${from + i} sum to ${sum}; they must sum to 1.`, 'Give every candidate of the row its probability.');
    }
  }
}
