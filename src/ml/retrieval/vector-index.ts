/**
 * Exact search for the rows of greatest estimated value: one inner product per row, no approximation. A hundred thousand rows
 * of some thirty numbers are a few milliseconds, so that nothing is gained by giving up exactness (README.md).
 */
import { AdloomError, badInput } from '../../base/errors';
import type { PlattCalibration } from '../metrics/platt';
import { RowMatrix } from './row-matrix';
import { TopK } from './top-k';
import type { Found, GroupTotals, IndexRows, SearchGroup, SearchReply } from './types';

export interface IndexOptions {
  readonly dimensions: number;
  /** Most rows that it holds, of all groups together. */
  readonly capacity: number;
}

export interface Search {
  /** float32 [dimensions]: the inner product with a row is that row's log-odds, before calibration. */
  readonly query: Float32Array;
  readonly calibration: PlattCalibration;
  readonly k: number;
  /** Only rows of these are eligible; a group without rows is none. */
  readonly groups: readonly SearchGroup[];
  /** Keys of rows that are not eligible. */
  readonly without?: readonly string[];
}

export class VectorIndex {
  private readonly groups = new Map<string, RowMatrix>();
  private readonly groupOf = new Map<string, string>();

  constructor(private readonly options: IndexOptions) {}

  get rows(): number {
    return this.groupOf.size;
  }

  /**
   * Adds rows, or replaces those that have the key; all or none.
   * @throws BAD_INPUT for another number of dimensions, numbers that are none, or counts that cannot be; TOO_LARGE beyond the capacity
   */
  put(given: IndexRows): void {
    const { dimensions: D, capacity } = this.options;
    checkRows(given, D);
    const fresh = new Set(given.keys.filter((key) => !this.groupOf.has(key))).size;
    if (this.rows + fresh > capacity) {
      throw new AdloomError('TOO_LARGE', `The index holds ${this.rows} of at most ${capacity} rows; ${fresh} more do not fit.`, { hint: 'Remove rows, or open the index with a larger capacity.' });
    }
    given.keys.forEach((key, i) => {
      const group = given.groups[i]!;
      if (this.groupOf.get(key) !== group) this.removeOne(key);
      let matrix = this.groups.get(group);
      if (!matrix) this.groups.set(group, (matrix = new RowMatrix(D)));
      matrix.put(key, given.vectors.subarray(i * D, (i + 1) * D), given.trials[i]!, given.successes[i]!);
      this.groupOf.set(key, group);
    });
  }

  /** Takes rows out; keys that are not there are passed over. Returns how many were. */
  remove(keys: readonly string[]): number {
    return keys.filter((key) => this.removeOne(key)).length;
  }

  /**
   * The k rows of greatest value, greatest first; of equal values the smaller key first.
   *
   * value = p (base + gain min(1, s)), p = sigmoid(slope <query, row> + intercept), and s the row's successes per trial, drawn
   * towards its group's: (successes + strength r) / (trials + strength), r = min(1, (group's successes + prior's) / (group's
   * trials + prior's)). Where base and gain are 0 nothing is worth anything, and p alone decides.
   * @throws BAD_INPUT for a query of other dimensions or with numbers that are none, and for a k that is no count
   */
  top({ query, calibration, k, groups, without = [] }: Search): SearchReply {
    this.checkSearch(query, k, groups);
    const best = new TopK<Found>(Math.min(k, this.rows), (a, b) => a.key < b.key);
    const totals = new Map<string, GroupTotals>();
    for (const searched of groups) {
      const matrix = this.groups.get(searched.group);
      totals.set(searched.group, matrix ? totalsOf(matrix) : { rows: 0, trials: 0, successes: 0 });
      if (matrix) walk(matrix, searched, totals.get(searched.group)!, { query, calibration, closed: bitsOf(matrix, without) }, best);
    }
    return { found: best.sorted().map(({ item }) => item), totals };
  }

  private removeOne(key: string): boolean {
    const group = this.groupOf.get(key);
    if (group === undefined) return false;
    const matrix = this.groups.get(group)!;
    matrix.remove(key);
    this.groupOf.delete(key);
    if (matrix.rows === 0) this.groups.delete(group);
    return true;
  }

  private checkSearch(query: Float32Array, k: number, groups: readonly SearchGroup[]): void {
    const { dimensions } = this.options;
    if (query.length !== dimensions) throw badInput('query', `The query must have ${dimensions} numbers, as the rows have; it has ${query.length}.`, 'Embed the query with the model that embedded the rows.');
    if (!query.every(Number.isFinite)) throw badInput('query', 'The query holds a number that is not finite.', 'Embed it again; a broken model does this.');
    if (!Number.isSafeInteger(k) || k < 1) throw badInput('k', `k must be a whole number of at least 1, not ${k}.`);
    for (const { group, worth } of groups) {
      const numbers = [worth.base, worth.gain, worth.strength, worth.prior.trials, worth.prior.successes];
      if (!numbers.every((n) => Number.isFinite(n) && n >= 0)) throw badInput('groups', `The worth of group ${JSON.stringify(group)} must be finite numbers of at least 0.`);
    }
  }
}

function walk(
  matrix: RowMatrix,
  { group, worth }: SearchGroup,
  totals: GroupTotals,
  { query, calibration, closed }: { query: Float32Array; calibration: PlattCalibration; closed: Uint32Array | null },
  best: TopK<Found>,
): void {
  const { data, trials, successes, keys, dimensions: D, rows } = matrix;
  const { slope, intercept } = calibration;
  const { strength, prior } = worth;
  const mean = Math.min(1, (totals.successes + prior.successes) / (totals.trials + prior.trials || 1));
  const flat = worth.base === 0 && worth.gain === 0;
  const [base, gain] = flat ? [1, 0] : [worth.base, worth.gain];
  const few = D & ~3;
  /** The sum that a row must reach to be among the best if it is worth the most: below it nothing else needs to be known of it. */
  let reach = reachOf(best.threshold, base + gain, calibration);
  for (let row = 0, at = 0; row < rows; row++, at += D) {
    if (closed !== null && (closed[row >> 5]! >> (row & 31)) & 1) continue;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let i = 0;
    for (; i < few; i += 4) {
      a += query[i]! * data[at + i]!;
      b += query[i + 1]! * data[at + i + 1]!;
      c += query[i + 2]! * data[at + i + 2]!;
      d += query[i + 3]! * data[at + i + 3]!;
    }
    for (; i < D; i++) a += query[i]! * data[at + i]!;
    const sum = a + b + c + d;
    if (sum < reach) continue;
    const probability = 1 / (1 + Math.exp(-(slope * sum + intercept)));
    const rate = gain === 0 ? 0 : (successes[row]! + strength * mean) / (trials[row]! + strength || 1);
    const value = probability * (base + gain * (rate < 1 ? rate : 1));
    if (value < best.threshold) continue;
    best.offer(value, { key: keys[row]!, group, probability, value: flat ? 0 : value });
    reach = reachOf(best.threshold, base + gain, calibration);
  }
}

/** The least sum with which p x most reaches a value; -Infinity where any may, a hair less than exact so that rounding loses no row. */
function reachOf(value: number, most: number, { slope, intercept }: PlattCalibration): number {
  const p = value / most;
  if (!(p > 0) || p >= 1 || slope <= 0) return -Infinity;
  const reach = (Math.log(p / (1 - p)) - intercept) / slope;
  return reach - 1e-6 * (1 + Math.abs(reach));
}

function totalsOf({ rows, trials, successes }: RowMatrix): GroupTotals {
  const sums = { rows, trials: 0, successes: 0 };
  for (let row = 0; row < rows; row++) {
    sums.trials += trials[row]!;
    sums.successes += successes[row]!;
  }
  return sums;
}

/** A bit for each row that is not eligible; null where all are. */
function bitsOf(matrix: RowMatrix, keys: readonly string[]): Uint32Array | null {
  let bits: Uint32Array | null = null;
  for (const key of keys) {
    const row = matrix.placeOf(key);
    if (row === undefined) continue;
    bits ??= new Uint32Array((matrix.rows + 31) >> 5);
    bits[row >> 5] = bits[row >> 5]! | (1 << (row & 31));
  }
  return bits;
}

function checkRows({ keys, groups, vectors, trials, successes }: IndexRows, D: number): void {
  const n = keys.length;
  if (vectors.length !== n * D) {
    throw badInput('vectors', `${n} rows of ${D} numbers are ${n * D} numbers; ${vectors.length} came.`, 'Embed the rows with the model that the index was opened for.');
  }
  if (groups.length !== n || trials.length !== n || successes.length !== n) {
    throw badInput('rows', `Each of the ${n} rows needs a group, trials and successes; there are ${groups.length}, ${trials.length} and ${successes.length}.`);
  }
  for (let i = 0; i < vectors.length; i++) {
    if (!Number.isFinite(vectors[i])) throw badInput('vectors', `The row ${JSON.stringify(keys[Math.floor(i / D)])} holds ${vectors[i]} at ${i % D}.`, 'Embed it again; a broken model does this.');
  }
  for (let i = 0; i < n; i++) {
    const [t, s] = [trials[i]!, successes[i]!];
    if (!Number.isFinite(t) || !Number.isFinite(s) || t < 0 || s < 0) throw badInput('rows', `Trials and successes of the row ${JSON.stringify(keys[i])} must be numbers of at least 0, not ${t} and ${s}.`);
  }
}
