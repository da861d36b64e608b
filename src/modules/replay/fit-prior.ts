/** The prior of a replay, fitted on other tests: how text scores turn into log-odds, and how far tests and arms stray from them. */
import { maximise } from '../../ml/bandit/policy/maximise';

/** Log-odds of an arm: level + slope x score + b + d, b ~ N(0, between^2) of the test, d ~ N(0, within^2) of the arm. */
export interface ReplayPrior {
  readonly level: number;
  readonly slope: number;
  readonly between: number;
  readonly within: number;
}

/** One test's arms: text score, impressions, clicks. */
export type ScoredTest = readonly { readonly score: number; readonly impressions: number; readonly clicks: number }[];

const LEAST = Math.log(0.01);
const MOST = Math.log(3);

/**
 * Empirical Bayes: the deviations of greatest marginal likelihood, level and slope in closed form for each pair of them (generalised
 * least squares). Counts of thousands of impressions stand as empirical log-odds with their sampling variance (Haldane 1956).
 */
export function fitReplayPrior(tests: readonly ScoredTest[]): ReplayPrior {
  const rows = tests.map((test) =>
    test.map(({ score, impressions, clicks }) => ({
      score,
      y: Math.log((clicks + 0.5) / (impressions - clicks + 0.5)),
      variance: 1 / (clicks + 0.5) + 1 / (impressions - clicks + 0.5),
    })),
  );
  let [within, between] = [Math.log(0.3), Math.log(0.6)];
  for (let round = 0; round < 4; round++) {
    within = maximise((x) => solve(rows, Math.exp(between), Math.exp(x)).likelihood, LEAST, MOST, 1e-3);
    between = maximise((x) => solve(rows, Math.exp(x), Math.exp(within)).likelihood, LEAST, MOST, 1e-3);
  }
  const { level, slope } = solve(rows, Math.exp(between), Math.exp(within));
  return { level, slope, between: Math.exp(between), within: Math.exp(within) };
}

/** Sums over a test of w x y, with the test's shared deviation taken out by the Sherman-Morrison formula. */
function solve(tests: readonly (readonly { score: number; y: number; variance: number }[])[], between: number, within: number): { level: number; slope: number; likelihood: number } {
  let [s11, s1x, sxx, s1y, sxy, syy, logs] = [0, 0, 0, 0, 0, 0, 0];
  for (const test of tests) {
    let [w, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
    for (const arm of test) {
      const weight = 1 / (arm.variance + within * within);
      w += weight;
      x += weight * arm.score;
      y += weight * arm.y;
      xx += weight * arm.score * arm.score;
      xy += weight * arm.score * arm.y;
      yy += weight * arm.y * arm.y;
      logs -= Math.log(weight);
    }
    const shared = (between * between) / (1 + between * between * w);
    logs += Math.log1p(between * between * w);
    s11 += w - shared * w * w;
    s1x += x - shared * w * x;
    sxx += xx - shared * x * x;
    s1y += y - shared * w * y;
    sxy += xy - shared * x * y;
    syy += yy - shared * y * y;
  }
  // Scores that are all alike have no slope.
  const determinant = s11 * sxx - s1x * s1x;
  const slope = determinant > 1e-9 * s11 * sxx ? (s11 * sxy - s1x * s1y) / determinant : 0;
  const level = (s1y - slope * s1x) / s11;
  return { level, slope, likelihood: -0.5 * (logs + syy - level * s1y - slope * sxy) };
}
