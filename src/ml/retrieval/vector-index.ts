/**
 * Exact search for the rows of greatest estimated value: one inner product per row, no approximation. A hundred thousand rows
 * of some thirty numbers are a few milliseconds, so that nothing is gained by giving up exactness (README.md).
 */
import { AdloomError, badInput } from '../../base/errors';
import type { PlattCalibration } from '../metrics/platt';
import { rowProducts, strideOf } from '../simd/row-products';
import { Postings, type SparseVector } from './postings';
import { RowMatrix } from './row-matrix';
import { TopK } from './top-k';
import type { Found, GroupTotals, IndexRows, SearchGroup, SearchReply } from './types';

export interface IndexOptions {
  readonly dimensions: number;
  /** Most rows that it holds, of all groups together. */
  readonly capacity: number;
}

/** The sparse vectors of rows, made only where a row's print is new. */
export interface SparseRows {
  /** One number per row; the same number stands for the same sparse vector. */
  readonly prints: readonly number[];
  of(row: number): SparseVector;
}

export interface Search {
  /** float32 [dimensions]: the inner product with a row is that row's log-odds, before calibration and without what is sparse. */
  readonly query: Float32Array;
  /** Adds gain x the greatest inner product of a row's sparse vector with any of the items. */
  readonly sparse?: { readonly items: readonly SparseVector[]; readonly gain: number };
  readonly calibration: PlattCalibration;
  readonly k: number;
  /** Only rows of these are eligible; a group without rows is none. */
  readonly groups: readonly SearchGroup[];
  /** Keys of rows that are not eligible. */
  readonly without?: readonly string[];
}

interface Group {
  readonly matrix: RowMatrix;
  readonly postings: Postings;
}

/** Places of sparse features that a search of one group walks at most: one to two milliseconds, and what 30,000 lines of copy need. */
const BUDGET = 500_000;

export class VectorIndex {
  private readonly groups = new Map<string, Group>();
  private readonly groupOf = new Map<string, string>();

  constructor(private readonly options: IndexOptions) {}

  get rows(): number {
    return this.groupOf.size;
  }

  /**
   * Adds rows, or replaces those that have the key; all or none.
   * @throws BAD_INPUT for another number of dimensions, numbers that are none, or counts that cannot be; TOO_LARGE beyond the capacity
   */
  put(given: IndexRows, sparse?: SparseRows): void {
    const { dimensions: D, capacity } = this.options;
    checkRows(given, D);
    const fresh = new Set(given.keys.filter((key) => !this.groupOf.has(key))).size;
    if (this.rows + fresh > capacity) {
      throw new AdloomError('TOO_LARGE', `The index holds ${this.rows} of at most ${capacity} rows; ${fresh} more do not fit.`, { hint: 'Remove rows, or open the index with a larger capacity.' });
    }
    given.keys.forEach((key, i) => {
      const name = given.groups[i]!;
      if (this.groupOf.get(key) !== name) this.removeOne(key);
      let group = this.groups.get(name);
      if (!group) this.groups.set(name, (group = { matrix: new RowMatrix(D), postings: new Postings() }));
      const { matrix, postings } = group;
      const row = matrix.put(key, given.vectors.subarray(i * D, (i + 1) * D), given.trials[i]!, given.successes[i]!);
      if (sparse && matrix.prints[row] !== sparse.prints[i]) {
        postings.drop(matrix.slots[row]!);
        matrix.slots[row] = postings.add(sparse.of(i));
        matrix.prints[row] = sparse.prints[i]!;
        tidy(group);
      }
      this.groupOf.set(key, name);
    });
  }

  /** Takes rows out; keys that are not there are passed over. Returns how many were. */
  remove(keys: readonly string[]): number {
    return keys.filter((key) => this.removeOne(key)).length;
  }

  /**
   * The k rows of greatest value, greatest first; of equal values the smaller key first.
   *
   * value = p (base + gain min(1, s)), p = sigmoid(slope z + intercept), z = <query, row> plus what is sparse, and s the row's successes per trial, drawn
   * towards its group's: (successes + strength r) / (trials + strength), r = min(1, (group's successes + prior's) / (group's
   * trials + prior's)). Where base and gain are 0 nothing is worth anything, and p alone decides.
   * @throws BAD_INPUT for a query of other dimensions or with numbers that are none, and for a k that is no count
   */
  top({ query, sparse, calibration, k, groups, without = [] }: Search): SearchReply {
    this.checkSearch({ query, sparse, k, groups });
    const padded = new Float32Array(strideOf(query.length));
    padded.set(query);
    const best = new TopK<Found>(Math.min(k, this.rows), (a, b) => a.key < b.key);
    const totals = new Map<string, GroupTotals>();
    for (const searched of groups) {
      const group = this.groups.get(searched.group);
      totals.set(searched.group, group ? totalsOf(group.matrix) : { rows: 0, trials: 0, successes: 0 });
      if (!group) continue;
      const near = sparse && sparse.items.length > 0 ? { values: group.postings.greatest(sparse.items, BUDGET), gain: sparse.gain } : null;
      walk(group.matrix, searched, totals.get(searched.group)!, { query: padded, near, calibration, closed: bitsOf(group.matrix, without) }, best);
    }
    return { found: best.sorted().map(({ item }) => item), totals };
  }

  private removeOne(key: string): boolean {
    const name = this.groupOf.get(key);
    if (name === undefined) return false;
    const group = this.groups.get(name)!;
    group.postings.drop(group.matrix.slots[group.matrix.placeOf(key)!]!);
    group.matrix.remove(key);
    this.groupOf.delete(key);
    if (group.matrix.rows === 0) this.groups.delete(name);
    else tidy(group);
    return true;
  }

  private checkSearch({ query, sparse, k, groups }: Pick<Search, 'query' | 'sparse' | 'k' | 'groups'>): void {
    const { dimensions } = this.options;
    if (query.length !== dimensions) throw badInput('query', `The query must have ${dimensions} numbers, as the rows have; it has ${query.length}.`, 'Embed the query with the model that embedded the rows.');
    if (!query.every(Number.isFinite) || !Number.isFinite(sparse?.gain ?? 0)) throw badInput('query', 'The query holds a number that is not finite.', 'Embed it again; a broken model does this.');
    if (!Number.isSafeInteger(k) || k < 1) throw badInput('k', `k must be a whole number of at least 1, not ${k}.`);
    for (const { group, worth } of groups) {
      const numbers = [worth.base, worth.gain, worth.strength, worth.prior.trials, worth.prior.successes];
      if (!numbers.every((n) => Number.isFinite(n) && n >= 0)) throw badInput('groups', `The worth of group ${JSON.stringify(group)} must be finite numbers of at least 0.`);
    }
  }
}

/** Gives back the room of sparse vectors that are no longer anybody's. */
function tidy({ matrix, postings }: Group): void {
  const renumbered = postings.compact();
  if (renumbered) matrix.slots.forEach((slot, row) => (matrix.slots[row] = slot < 0 ? -1 : renumbered[slot]!));
}

interface Asked {
  /** Filled up as the rows are. */
  readonly query: Float32Array;
  readonly near: { readonly values: Float32Array; readonly gain: number } | null;
  readonly calibration: PlattCalibration;
  /** A bit for each row that is not eligible. */
  readonly closed: Uint32Array | null;
}

function walk(
  matrix: RowMatrix,
  { group, worth }: SearchGroup,
  totals: GroupTotals,
  { query, near, calibration, closed }: Asked,
  best: TopK<Found>,
): void {
  const { data, trials, successes, keys, slots, rows } = matrix;
  const { slope, intercept } = calibration;
  const { strength, prior } = worth;
  const mean = Math.min(1, (totals.successes + prior.successes) / (totals.trials + prior.trials || 1));
  const flat = worth.base === 0 && worth.gain === 0;
  const [base, gain] = flat ? [1, 0] : [worth.base, worth.gain];
  /** The sum that a row must reach to be among the best if it is worth the most: below it nothing else needs to be known of it. */
  let reach = reachOf(best.threshold, base + gain, calibration);
  for (const { from, products } of rowProducts(query, data, rows)) {
    for (let i = 0; i < products.length; i++) {
      const row = from + i;
      if (closed !== null && (closed[row >> 5]! >> (row & 31)) & 1) continue;
      let sum = products[i]!;
      if (near !== null && slots[row]! >= 0) sum += near.gain * near.values[slots[row]!]!;
      if (sum < reach) continue;
      const probability = 1 / (1 + Math.exp(-(slope * sum + intercept)));
      const rate = gain === 0 ? 0 : (successes[row]! + strength * mean) / (trials[row]! + strength || 1);
      const value = probability * (base + gain * (rate < 1 ? rate : 1));
      if (value < best.threshold) continue;
      best.offer(value, { key: keys[row]!, group, probability, value: flat ? 0 : value });
      reach = reachOf(best.threshold, base + gain, calibration);
    }
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
