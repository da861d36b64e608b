import type { SparseMatrix } from '../../baseline/sparse';
import type { BanditLog, Candidates } from './bandit-log';
import { contextEffects } from './context-effects';
import type { Fold } from './cross-fit';
import { itemMeans } from './item-means';

/**
 * Cross-fitted predictions q(x_i, a) for every candidate of every row, beside `candidates`: shrunken means of the actions, and
 * on top, where rows have a context, its linear effect. A row is predicted by the fold that was fitted without it.
 *
 * @param context one row per row of the log, or null
 */
export function predictRewards({ actions, rewards }: Pick<BanditLog, 'actions' | 'rewards'>, candidates: Candidates, context: SparseMatrix | null, folds: readonly Fold[]): Float64Array {
  const largest = (most: number, action: number): number => Math.max(most, action);
  const count = 1 + candidates.actions.reduce(largest, actions.reduce(largest, 0));
  const predictions = new Float64Array(candidates.actions.length);
  for (const { fitted, scored } of folds) {
    const means = itemMeans(actions, rewards, count, fitted);
    const effects = context === null ? null : contextEffects(context, rewards.map((reward, i) => reward - means[actions[i]!]!), fitted);
    for (const i of scored) {
      for (let k = candidates.starts[i]!; k < candidates.starts[i + 1]!; k++) predictions[k] = means[candidates.actions[k]!]! + (effects?.[i] ?? 0);
    }
  }
  return predictions;
}
