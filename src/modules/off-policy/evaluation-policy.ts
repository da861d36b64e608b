import { badInput } from '../../base/errors';
import type { Rng } from '../../base/rng';
import { crossFitFolds } from '../../ml/bandit/off-policy/cross-fit';
import { itemMeans } from '../../ml/bandit/off-policy/item-means';
import type { ActionLog, Vocabulary } from './read-action-log';

export interface EvaluationPolicy {
  /** In words, for the report. */
  readonly description: string;
  /** Probability of each action (by place in the vocabulary) in a row of the log. */
  probabilities(row: number): Float64Array;
}

/** A policy that goes by position alone: one distribution over actions for each place of a position. */
export function byPosition(description: string, log: ActionLog, tables: readonly Float64Array[]): EvaluationPolicy {
  return { description, probabilities: (row) => tables[log.positions[row]!]! };
}

export function uniformPolicy(log: ActionLog, { actions, positions }: Vocabulary): EvaluationPolicy {
  return byPosition(`uniform over ${actions.size} actions`, log, Array.from(positions, () => new Float64Array(actions.size).fill(1 / actions.size)));
}

/** How often its log shows each action at each position: what a policy that ran did on average. @throws BAD_INPUT. */
export function loggedPolicy(log: ActionLog, own: ActionLog, { actions, positions }: Vocabulary): EvaluationPolicy {
  const counts = Array.from(positions, () => new Float64Array(actions.size));
  for (const [row, action] of own.actions.entries()) counts[own.positions[row]!]![action]!++;
  const tables = counts.map((table) => {
    const total = table.reduce((sum, count) => sum + count, 0);
    return table.map((count) => count / total);
  });
  const empty = [...positions].find(([, place]) => log.positions.includes(place) && Number.isNaN(tables[place]![0]));
  if (empty !== undefined) throw badInput('--policy-log', `${own.file} shows nothing at position ${empty[0]}, which the log has.`, 'Give a log of the same placements.');
  return byPosition(`frequencies of actions by position in ${own.file}`, log, tables);
}

/**
 * Always the action that earned most, learned on the half of the log that the row is not in: a policy judged on the rows that it
 * was chosen by would flatter itself. Means are over positions, and shrunken; where chance explains all differences, plain.
 */
export function bestItemPolicy(log: ActionLog, { actions }: Vocabulary, rng: Rng): EvaluationPolicy {
  const halves = crossFitFolds(log.actions.length, 2, rng);
  const halfOf = new Uint8Array(log.actions.length);
  const tables: Float64Array[] = [];
  const learned: string[] = [];
  for (const [half, { fitted, scored }] of halves.entries()) {
    const shrunken = itemMeans(log.actions, log.rewards, actions.size, fitted);
    const [sums, sizes] = [new Float64Array(actions.size), new Float64Array(actions.size)];
    for (const row of fitted) {
      sums[log.actions[row]!]! += log.rewards[row]!;
      sizes[log.actions[row]!]!++;
    }
    const names = [...actions.keys()].filter((_, action) => sizes[action]! > 0);
    const score = (name: string): [number, number] => [shrunken[actions.get(name)!]!, sums[actions.get(name)!]! / sizes[actions.get(name)!]!];
    const best = names.reduce((most, name) => (score(name)[0] > score(most)[0] || (score(name)[0] === score(most)[0] && score(name)[1] > score(most)[1]) ? name : most));
    learned.push(best);
    const table = new Float64Array(actions.size);
    table[actions.get(best)!] = 1;
    tables.push(table);
    for (const row of scored) halfOf[row] = half;
  }
  return { description: `always the best action, learned on the other half of the log: ${learned.join(' and ')}`, probabilities: (row) => tables[halfOf[row]!]! };
}
