import type { SparseMatrix } from '../../baseline/sparse';
import type { BanditLog, Candidates } from './bandit-log';
import { contextEffects } from './context-effects';
import type { Fold } from './cross-fit';
import { itemMeans } from './item-means';

export interface RewardModel {
  /** q(x_i, a), beside the candidates of the given rows; of every row unless told. */
  predict(candidates: Candidates, rows?: ArrayLike<number>): Float64Array;
}

/**
 * Cross-fitted predictions q(x_i, a): shrunken means of the actions, and on top, where rows have a context, its linear effect. A row is
 * predicted by the fold that was fitted without it.
 *
 * @param count of actions
 * @param context one row per row of the log, or null
 */
export function fitRewards({ actions, rewards }: Pick<BanditLog, 'actions' | 'rewards'>, count: number, context: SparseMatrix | null, folds: readonly Fold[]): RewardModel {
  const foldOf = new Uint8Array(actions.length);
  const effect = new Float64Array(actions.length);
  const means = folds.map(({ fitted, scored }, fold) => {
    const own = itemMeans(actions, rewards, count, fitted);
    const effects = context === null ? null : contextEffects(context, rewards.map((reward, i) => reward - own[actions[i]!]!), fitted);
    for (const i of scored) {
      foldOf[i] = fold;
      effect[i] = effects?.[i] ?? 0;
    }
    return own;
  });
  return {
    predict({ starts, actions: named }, rows) {
      const predictions = new Float64Array(named.length);
      for (let place = 0; place + 1 < starts.length; place++) {
        const row = rows?.[place] ?? place;
        for (let k = starts[place]!; k < starts[place + 1]!; k++) predictions[k] = means[foldOf[row]!]![named[k]!]! + effect[row]!;
      }
      return predictions;
    },
  };
}
