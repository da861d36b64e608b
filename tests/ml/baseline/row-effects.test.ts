import { fitUnderStudent } from '../../../src/ml/baseline/student-prior';
import type { LogisticSample } from '../../../src/ml/baseline/logistic';
import { rowVariances, tempered } from '../../../src/ml/baseline/row-effects';
import type { SparseMatrix } from '../../../src/ml/baseline/sparse';

const ROWS = { freedom: 4, variance: 0.1 };
const sample = (row: number, target: number, weight: number): LogisticSample => ({ row, offset: 0, scale: 1, target, weight });

describe('what rows are worth beside their columns', () => {
  it('bounds what a row says, however often it was seen', () => {
    const said = (weight: number): number => tempered([sample(0, 0.5, weight)], () => 0.1)[0]!.weight / 4;
    expect(said(10)).toBeLessThan(2.5);
    expect(said(1e9)).toBeCloseTo(1 / 0.1, 3);
  });

  it('varies little where columns explain a row, and much where they do not, as far as its samples tell', () => {
    const samples = [sample(0, 0.5, 10_000), sample(1, 0.95, 10_000), sample(2, 0.95, 0.01)];
    const [explained, apart, untold] = rowVariances(samples, [0, 0, 0], ROWS, new Float64Array(3).fill(ROWS.variance));
    expect(explained).toBeLessThan(ROWS.variance);
    expect(apart).toBeGreaterThan(10 * ROWS.variance);
    expect(untold).toBeCloseTo(ROWS.variance, 2);
  });

  it('takes for one of a kind a row that no other is like, where a column of its own could explain it no more than in part', () => {
    // Column 0 is in half of sixty rows; column 1 is in the first row alone, which is liked far more than its columns say. Entries are small, as those of words in a text.
    const has = Array.from({ length: 60 }, (_, row) => [...(row % 2 === 0 ? [0] : []), ...(row === 0 ? [1] : [])]);
    const entries = has.flat();
    const X: SparseMatrix = { rows: 60, columns: 2, starts: Int32Array.from([0, ...has.map((_, row) => has.slice(0, row + 1).flat().length)]), indices: Int32Array.from(entries), values: new Float64Array(entries.length).fill(0.1) };
    const samples = has.map((of, row) => sample(row, 1 / (1 + Math.exp(2 - 0.5 * Number(of.includes(0)) - (row === 0 ? 3 : 0))), row === 0 ? 100_000 : 1_000));
    const fit = (rows?: typeof ROWS): Float64Array => fitUnderStudent(X, samples, { columns: 1, own: 1 }, { freedom: 2, variance: 0.05, rounds: 4 }, { rows }).coefficients;
    expect(0.1 * fit()[1]!).toBeGreaterThan(2.5);
    expect(0.1 * fit(ROWS)[1]!).toBeLessThan(0.5);
    expect(0.1 * fit(ROWS)[0]!).toBeCloseTo(0.5, 0);
  });
});
