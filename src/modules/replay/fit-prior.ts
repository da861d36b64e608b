/** The prior of a replay, fitted on other tests: how text scores turn into log-odds, and how far tests and arms stray from them. */
import { maximise } from '../../ml/bandit/policy/maximise';

/** Log-odds of an arm: level + slope x score + delay x late + b + d, b ~ N(0, between^2) of the test, d ~ N(0, within^2) of the arm. */
export interface ReplayPrior {
  readonly level: number;
  readonly slope: number;
  readonly delay: number;
  readonly between: number;
  readonly within: number;
}

/** One test's arms: text score, how late the image was made, impressions, clicks. */
export type ScoredTest = readonly { readonly score: number; readonly late: number; readonly impressions: number; readonly clicks: number }[];

/** An arm as the fit reads it: [1, score, late], empirical log-odds, sampling variance. */
interface Row {
  readonly x: readonly number[];
  readonly y: number;
  readonly variance: number;
}

const LEAST = Math.log(0.01);
const MOST = Math.log(3);

/**
 * Empirical Bayes: the deviations of greatest marginal likelihood, level, slope and delay in closed form for each pair of them
 * (generalised least squares). Counts of thousands of impressions stand as empirical log-odds with their sampling variance (Haldane 1956).
 */
export function fitReplayPrior(tests: readonly ScoredTest[]): ReplayPrior {
  const rows = tests.map((test) =>
    test.map(({ score, late, impressions, clicks }): Row => ({
      x: [1, score, late],
      y: Math.log((clicks + 0.5) / (impressions - clicks + 0.5)),
      variance: 1 / (clicks + 0.5) + 1 / (impressions - clicks + 0.5),
    })),
  );
  let [within, between] = [Math.log(0.3), Math.log(0.6)];
  for (let round = 0; round < 4; round++) {
    within = maximise((x) => solve(rows, Math.exp(between), Math.exp(x)).likelihood, LEAST, MOST, 1e-3);
    between = maximise((x) => solve(rows, Math.exp(x), Math.exp(within)).likelihood, LEAST, MOST, 1e-3);
  }
  const [level, slope, delay] = solve(rows, Math.exp(between), Math.exp(within)).coefficients;
  return { level: level!, slope: slope!, delay: delay!, between: Math.exp(between), within: Math.exp(within) };
}

/** Sums over a test of w x y, with the test's shared deviation taken out by the Sherman-Morrison formula. */
function solve(tests: readonly (readonly Row[])[], between: number, within: number): { coefficients: number[]; likelihood: number } {
  const size = tests[0]![0]!.x.length;
  const A = Array.from({ length: size }, () => new Float64Array(size));
  const b = new Float64Array(size);
  let [yy, logs] = [0, 0];
  for (const test of tests) {
    let [w, wy] = [0, 0];
    const wx = new Float64Array(size);
    for (const { x, y, variance } of test) {
      const weight = 1 / (variance + within * within);
      w += weight;
      wy += weight * y;
      yy += weight * y * y;
      logs -= Math.log(weight);
      for (let i = 0; i < size; i++) {
        wx[i]! += weight * x[i]!;
        b[i]! += weight * x[i]! * y;
        for (let j = 0; j < size; j++) A[i]![j]! += weight * x[i]! * x[j]!;
      }
    }
    const shared = (between * between) / (1 + between * between * w);
    logs += Math.log1p(between * between * w);
    yy -= shared * wy * wy;
    for (let i = 0; i < size; i++) {
      b[i]! -= shared * wx[i]! * wy;
      for (let j = 0; j < size; j++) A[i]![j]! -= shared * wx[i]! * wx[j]!;
    }
  }
  const coefficients = solveSymmetric(A, b);
  return { coefficients, likelihood: -0.5 * (logs + yy - coefficients.reduce((sum, c, i) => sum + c * b[i]!, 0)) };
}

/** A x = b by Gauss-Jordan elimination, A positive semidefinite; 0 for what the rows before it leave nothing of (scores that are all alike). */
function solveSymmetric(A: readonly Float64Array[], b: Float64Array): number[] {
  const rows = A.map((row, i) => [...row, b[i]!]);
  const told = rows.map((pivot, i) => {
    if (!(pivot[i]! > 1e-9 * A[i]![i]!)) return false;
    rows.forEach((row, j) => {
      if (j === i) return;
      const share = row[i]! / pivot[i]!;
      for (let k = 0; k < row.length; k++) row[k]! -= share * pivot[k]!;
    });
    return true;
  });
  return rows.map((row, i) => (told[i]! ? row.at(-1)! / row[i]! : 0));
}
