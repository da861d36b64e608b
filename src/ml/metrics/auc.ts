import { badInput } from '../../base/errors';
import { ascending, checkSamples, type Values } from './samples';

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counted half (the Mann-Whitney U
 * statistic over the product of the class sizes; Hanley and McNeil 1982).
 *
 *   AUC = sum over pairs of w+ w- ([s+ > s-] + [s+ = s-] / 2) / (W+ W-)
 *
 * A label may be a fraction, a click rate with impressions as its weight: such a sample counts as positive with its label and
 * as negative with the rest. NaN where a class is absent: the figure does not exist. O(n log n). @throws BAD_INPUT.
 */
export function auc(scores: Values, labels: Values, weights?: Values): number {
  const w = checkSamples(scores, labels, weights);
  const order = ascending(scores);
  let below = 0;
  let above = 0;
  let won = 0;
  for (let i = 0; i < order.length; ) {
    let positive = 0;
    let negative = 0;
    const score = scores[order[i]!];
    for (; i < order.length && scores[order[i]!] === score; i++) {
      const row = order[i]!;
      positive += w[row]! * labels[row]!;
      negative += w[row]! * (1 - labels[row]!);
    }
    won += positive * (below + negative / 2);
    below += negative;
    above += positive;
  }
  return above > 0 && below > 0 ? won / (above * below) : NaN;
}

export interface GroupedAuc {
  /** Mean over the groups that have both classes, each counted once; NaN where none has. */
  readonly mean: number;
  /** Of the mean, taking groups as independent. */
  readonly standardError: number;
  readonly groups: number;
  /** Groups left out because a class is absent. */
  readonly skipped: number;
}

/** AUC within each group (a person, say), then the mean over groups. @throws BAD_INPUT. */
export function groupedAuc(groups: ArrayLike<string | number>, scores: Values, labels: Values): GroupedAuc {
  checkSamples(scores, labels);
  if (groups.length !== scores.length) throw badInput('groups', `${scores.length} scores need ${scores.length} groups, ${groups.length} came.`);
  const rows = new Map<string | number, number[]>();
  for (let i = 0; i < groups.length; i++) {
    const list = rows.get(groups[i]!);
    if (list) list.push(i);
    else rows.set(groups[i]!, [i]);
  }
  const values: number[] = [];
  for (const list of rows.values()) {
    const value = auc(
      list.map((i) => scores[i]!),
      list.map((i) => labels[i]!),
    );
    if (!Number.isNaN(value)) values.push(value);
  }
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, standardError: Math.sqrt(variance / n), groups: n, skipped: rows.size - n };
}
