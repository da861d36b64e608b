import { badInput } from '../../../base/errors';
import type { Rng } from '../../../base/rng';

/** A fold of the rows: what a model may be fitted on, and the rows that it then speaks about. */
export interface Fold {
  readonly fitted: Uint32Array;
  readonly scored: Uint32Array;
}

/**
 * Deals rows into folds at random: every row is scored once, by a model that never saw it (Chernozhukov et al. 2018). Without
 * this, DM and DR would be judged by a model that knows the answers. @throws BAD_INPUT.
 */
export function crossFitFolds(rows: number, folds: number, rng: Rng): Fold[] {
  if (!(Number.isSafeInteger(folds) && folds >= 2 && folds <= rows)) throw badInput('folds', `${rows} rows can be dealt into 2 to ${rows} folds, not ${folds}.`);
  const order = rng.shuffle(Array.from({ length: rows }, (_, i) => i));
  const pick = (wanted: (place: number) => boolean): Uint32Array => Uint32Array.from(order.filter((_, place) => wanted(place))).sort();
  return Array.from({ length: folds }, (_, fold) => ({
    fitted: pick((place) => place % folds !== fold),
    scored: pick((place) => place % folds === fold),
  }));
}
