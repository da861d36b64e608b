/**
 * What words say of a headline beside the others of its test: ridge regression on log click rates, each less the weighted mean of its test
 * and image, so that what they share falls out. Features are read once for all texts; a model is fitted on the outcomes of some tests.
 */
import { badInput } from '../../base/errors';
import { fitRidge } from '../../ml/baseline/ridge';
import { times, type SparseMatrix } from '../../ml/baseline/sparse';
import { groupBy } from '../training/ctr-examples';
import type { ReplayArm, ReplayTest } from './headline-tests';
import { textFeatures } from './text-features';

export interface TextSetting {
  /** Of the ridge, where a squared error counts by its precision. */
  readonly penalty: number;
  /** How much the form of a headline may count beside its words: the ratio of their prior variances. */
  readonly form: number;
}

export interface TextModel {
  /** Scores of every arm of every test, learnt from the tests that `teaches`. */
  scores(teaches: (test: ReplayTest) => boolean, setting: TextSetting): ReadonlyMap<ReplayTest, readonly number[]>;
  /** Correlation of scores and log rates within tests and images, by precision; 0 where nothing can be compared. */
  agreement(tests: readonly ReplayTest[], scores: ReadonlyMap<ReplayTest, readonly number[]>): number;
}

/** Variance of true log rates that no words explain, beside the sampling variance: what the prior finds among arms of a test, 0.28^2. */
const UNEXPLAINED = 0.08;
/** An error of a thousandth changes no order of arms. */
const TOLERANCE = 1e-3;

interface Row {
  readonly test: ReplayTest;
  /** Place among the arms of all tests. */
  readonly arm: number;
  readonly place: number;
  readonly rate: number;
  readonly weight: number;
}

export function textModel(tests: readonly ReplayTest[]): TextModel {
  const arms = tests.flatMap((test) => test.arms.map((arm, place) => ({ test, place, ...arm })));
  const { features, form } = textFeatures(arms.map(({ headline }) => headline));
  const groups = [...groupBy(arms.map((each, arm) => ({ ...each, arm })), ({ test, image }) => `${test.id} ${image}`).values()]
    .filter((group) => new Set(group.map(({ headline }) => headline)).size > 1)
    .map((group) => group.map(({ test, place, arm, ...counts }): Row => ({ test, arm, place, ...measured(counts) })));
  const rows = groups.flat();
  const differences = lessMeans(features, groups);
  const targets = groups.flatMap((group) => {
    const mean = weightedMean(group, ({ rate }) => rate);
    return group.map(({ rate }) => rate - mean);
  });
  return {
    scores(teaches, { penalty, form: share }) {
      const taught = rows.flatMap(({ test }, i) => (teaches(test) ? [i] : []));
      const scale = (X: SparseMatrix): SparseMatrix => scaledFrom(X, X.columns - form, Math.sqrt(share));
      const { coefficients } = taught.length === 0 ? { coefficients: new Float64Array(features.columns) } : fitRidge(scale(rowsOf(differences, taught)), taught.map((i) => targets[i]!), { alpha: penalty, weights: taught.map((i) => rows[i]!.weight), tolerance: TOLERANCE });
      const all = times(scale(features), coefficients);
      let next = 0;
      return new Map(tests.map((test) => [test, test.arms.map(() => all[next++]!)]));
    },
    agreement(some, scores) {
      const wanted = new Set(some);
      let [xx, xy, yy] = [0, 0, 0];
      for (const group of groups.filter(([first]) => wanted.has(first!.test))) {
        const scoreOf = ({ test, place }: Row): number => scores.get(test)![place]!;
        const [x, y] = [weightedMean(group, scoreOf), weightedMean(group, ({ rate }) => rate)];
        for (const row of group) {
          const [dx, dy] = [scoreOf(row) - x, row.rate - y];
          xx += row.weight * dx * dx;
          xy += row.weight * dx * dy;
          yy += row.weight * dy * dy;
        }
      }
      return xx * yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
    },
  };
}

function measured({ impressions, clicks }: Pick<ReplayArm, 'impressions' | 'clicks'>): { rate: number; weight: number } {
  const others = impressions - clicks + 0.5;
  return { rate: Math.log((clicks + 0.5) / others), weight: 1 / (1 / (clicks + 0.5) + 1 / others + UNEXPLAINED) };
}

function weightedMean<T extends { readonly weight: number }>(group: readonly T[], value: (row: T) => number): number {
  return group.reduce((sum, row) => sum + row.weight * value(row), 0) / group.reduce((sum, { weight }) => sum + weight, 0);
}

/** Of all rows' features together, and of one test's, which grow with the square of its arms: some 700 of them are the most. */
const MOST_DIFFERENCES = 100_000_000;
const MOST_IN_ONE = 2_000_000;

/** Rows of the groups in their order, each less the weighted mean of its group. */
function lessMeans(X: SparseMatrix, groups: readonly (readonly Row[])[]): SparseMatrix {
  const starts = [0];
  const [indices, values]: [number[], number[]] = [[], []];
  for (const group of groups) {
    const total = group.reduce((sum, { weight }) => sum + weight, 0);
    const mean = new Map<number, number>();
    for (const { arm, weight } of group) {
      for (let k = X.starts[arm]!; k < X.starts[arm + 1]!; k++) mean.set(X.indices[k]!, (mean.get(X.indices[k]!) ?? 0) + (weight / total) * X.values[k]!);
    }
    if (mean.size * group.length > MOST_IN_ONE || indices.length + mean.size * group.length > MOST_DIFFERENCES) {
      const most = groups.reduce((largest, each) => Math.max(largest, each.length), 0);
      throw badInput('file', `The tests have so many arms, up to ${most} in one, that their words cannot be set against each other in memory.`, 'Leave out tests of hundreds of arms, or play fewer tests at once.');
    }
    for (const { arm } of group) {
      const own = new Map([...mean].map(([column, value]) => [column, -value]));
      for (let k = X.starts[arm]!; k < X.starts[arm + 1]!; k++) own.set(X.indices[k]!, own.get(X.indices[k]!)! + X.values[k]!);
      for (const [column, value] of own) {
        indices.push(column);
        values.push(value);
      }
      starts.push(indices.length);
    }
  }
  return { rows: starts.length - 1, columns: X.columns, starts: Int32Array.from(starts), indices: Int32Array.from(indices), values: Float64Array.from(values) };
}

function rowsOf(X: SparseMatrix, places: readonly number[]): SparseMatrix {
  const starts = Int32Array.from({ length: places.length + 1 });
  places.forEach((i, at) => (starts[at + 1] = starts[at]! + X.starts[i + 1]! - X.starts[i]!));
  const indices = new Int32Array(starts[places.length]!);
  const values = new Float64Array(indices.length);
  places.forEach((i, at) => {
    indices.set(X.indices.subarray(X.starts[i]!, X.starts[i + 1]!), starts[at]!);
    values.set(X.values.subarray(X.starts[i]!, X.starts[i + 1]!), starts[at]!);
  });
  return { rows: places.length, columns: X.columns, starts, indices, values };
}

/** Values of the columns from `first` on times `by`. */
function scaledFrom(X: SparseMatrix, first: number, by: number): SparseMatrix {
  return { ...X, values: X.values.map((value, k) => (X.indices[k]! >= first ? value * by : value)) };
}
