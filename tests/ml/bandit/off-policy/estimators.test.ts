import fc from 'fast-check';
import { createRng } from '../../../../src/base/rng';
import type { LogSlice } from '../../../../src/ml/bandit/off-policy/bandit-log';
import { evaluatePolicy, evaluateSlices, type EstimatorName, type EvaluationInput } from '../../../../src/ml/bandit/off-policy/evaluate-policy';

/** A row as the papers have it. */
interface Row {
  action: number;
  reward: number;
  propensity: number;
  /** pi(a | x) of each action. */
  policy: number[];
  /** q(x, a) of each action. */
  model: number[];
}

/** Loops straight from the formulas; shares nothing with what it judges. */
const reference = {
  weight: (row: Row, most = Infinity) => Math.min(row.policy[row.action]! / row.propensity, most),
  expected: (row: Row) => row.policy.reduce((sum, p, a) => sum + p * row.model[a]!, 0),
  ips(rows: Row[], most = Infinity) {
    let sum = 0;
    for (const row of rows) sum += reference.weight(row, most) * row.reward;
    return sum / rows.length;
  },
  snips(rows: Row[], most = Infinity) {
    let [top, bottom] = [0, 0];
    for (const row of rows) {
      top += reference.weight(row, most) * row.reward;
      bottom += reference.weight(row, most);
    }
    return top / bottom;
  },
  dm(rows: Row[]) {
    let sum = 0;
    for (const row of rows) sum += reference.expected(row);
    return sum / rows.length;
  },
  dr(rows: Row[], most = Infinity) {
    let sum = 0;
    for (const row of rows) sum += reference.expected(row) + reference.weight(row, most) * (row.reward - row.model[row.action]!);
    return sum / rows.length;
  },
  switchTerm: (row: Row, threshold: number) => reference.expected(row) + (reference.weight(row) <= threshold ? reference.weight(row) * (row.reward - row.model[row.action]!) : 0),
  switchDr(rows: Row[], threshold: number) {
    let sum = 0;
    for (const row of rows) sum += reference.switchTerm(row, threshold);
    return sum / rows.length;
  },
  /** Estimated variance plus the square of the bound of the bias. */
  switchError(rows: Row[], threshold: number) {
    const n = rows.length;
    const mean = reference.switchDr(rows, threshold);
    let [variance, beyond, largest] = [0, 0, 0];
    for (const row of rows) {
      variance += (reference.switchTerm(row, threshold) - mean) ** 2 / n ** 2;
      if (reference.weight(row) > threshold) beyond += reference.weight(row) / n;
      largest = Math.max(largest, Math.abs(row.reward));
    }
    return variance + (largest * beyond) ** 2;
  },
};

function inputOf(rows: Row[]): EvaluationInput {
  const starts = [0];
  for (const row of rows) starts.push(starts.at(-1)! + row.policy.length);
  return {
    log: { actions: Int32Array.from(rows, (row) => row.action), rewards: Float64Array.from(rows, (row) => row.reward), propensities: Float64Array.from(rows, (row) => row.propensity) },
    candidates: { starts: Int32Array.from(starts), actions: Int32Array.from(rows.flatMap((row) => row.policy.map((_, a) => a))), probabilities: Float64Array.from(rows.flatMap((row) => row.policy)) },
    predictions: Float64Array.from(rows.flatMap((row) => row.model)),
  };
}
const evaluate = (rows: Row[]) => evaluatePolicy(inputOf(rows), { rng: createRng(1), replicates: 100 });

/** Every action is shown, so that the log supports every policy. */
const problem = fc.integer({ min: 1, max: 5 }).chain((count) => {
  const row = (action: fc.Arbitrary<number>): fc.Arbitrary<Row> =>
    fc.record({
      action,
      reward: fc.double({ min: -3, max: 3, noNaN: true }),
      propensity: fc.double({ min: 0.01, max: 1, noNaN: true }),
      policy: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: count, maxLength: count }).map((parts) => parts.map((part) => part / parts.reduce((a, b) => a + b, 0))),
      model: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: count, maxLength: count }),
    });
  return fc.tuple(fc.tuple(...Array.from({ length: count }, (_, a) => row(fc.constant(a)))), fc.array(row(fc.integer({ min: 0, max: count - 1 })), { maxLength: 30 })).map(([first, more]) => [...first, ...more]);
});

describe('on any log, the estimators give what the formulas of the papers give', () => {
  test('to nine digits', () => {
    fc.assert(
      fc.property(problem, (rows) => {
        const { estimates, clip, effectiveSampleSize, switchThreshold } = evaluate(rows);
        const expected: Record<EstimatorName, number> = {
          ips: reference.ips(rows),
          clippedIps: reference.ips(rows, clip),
          snips: reference.snips(rows),
          clippedSnips: reference.snips(rows, clip),
          dm: reference.dm(rows),
          dr: reference.dr(rows),
          clippedDr: reference.dr(rows, clip),
          switchDr: reference.switchDr(rows, switchThreshold),
        };
        for (const [name, value] of Object.entries(expected)) {
          expect(Math.abs(estimates[name as EstimatorName].value - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
        }
        const weights = rows.map((row) => reference.weight(row));
        expect(effectiveSampleSize).toBeCloseTo(weights.reduce((a, b) => a + b, 0) ** 2 / weights.reduce((a, b) => a + b * b, 0), 9);
      }),
    );
  });

  test('and the threshold of Switch-DR has the least estimated error of all thresholds', () => {
    fc.assert(
      fc.property(problem, (rows) => {
        const chosen = reference.switchError(rows, evaluate(rows).switchThreshold);
        for (const threshold of [0, ...rows.map((row) => reference.weight(row))]) {
          expect(chosen).toBeLessThanOrEqual(reference.switchError(rows, threshold + 1e-12) + 1e-9 * Math.max(1, chosen));
        }
      }),
    );
  });

  test('standard errors are those of a mean, and of a ratio by the delta method', () => {
    fc.assert(
      fc.property(problem, (rows) => {
        const { estimates } = evaluate(rows);
        const error = (terms: number[]): number => Math.sqrt(terms.reduce((sum, term) => sum + (term - terms.reduce((a, b) => a + b, 0) / terms.length) ** 2, 0)) / terms.length;
        expect(estimates.ips.standardError).toBeCloseTo(error(rows.map((row) => reference.weight(row) * row.reward)), 8);
        const ratio = reference.snips(rows);
        const bottom = rows.reduce((sum, row) => sum + reference.weight(row), 0) / rows.length;
        expect(estimates.snips.standardError).toBeCloseTo(error(rows.map((row) => (reference.weight(row) * (row.reward - ratio)) / bottom)), 8);
      }),
    );
  });
});

test('a log that comes in slices is worth what it is worth whole, however it is cut', () => {
  fc.assert(
    fc.property(problem, fc.array(fc.nat({ max: 40 })), (rows, cuts) => {
      const places = [...new Set([0, ...cuts.filter((cut) => cut < rows.length), rows.length])].toSorted((a, b) => a - b);
      const slices = places.slice(1).map((to, i): LogSlice => ({ from: places[i]!, to, ...inputOf(rows.slice(places[i], to)) }));
      expect(evaluateSlices(inputOf(rows).log, slices, { rng: createRng(1), replicates: 100 })).toEqual(evaluate(rows));
    }),
  );
});

describe('cases known by hand', () => {
  const row = (action: number, reward: number, propensity: number, policy: number[], model = [0, 0]): Row => ({ action, reward, propensity, policy, model });

  test('the policy that ran is worth what it earned, by every estimator that goes by weights', () => {
    const rows = [row(0, 1, 0.25, [0.25, 0.75]), row(1, 0, 0.75, [0.25, 0.75]), row(1, 1, 0.75, [0.25, 0.75]), row(1, 0, 0.75, [0.25, 0.75])];
    const { estimates, effectiveSampleSize } = evaluate(rows);
    for (const name of ['ips', 'clippedIps', 'snips', 'clippedSnips', 'dr', 'switchDr'] as const) expect(estimates[name].value).toBeCloseTo(0.5, 12);
    expect(effectiveSampleSize).toBeCloseTo(4, 12);
  });

  test('always the first action, logged by a fair coin: twice the rewards of its rows, over all rows', () => {
    const { estimates } = evaluate([row(0, 1, 0.5, [1, 0]), row(0, 0, 0.5, [1, 0]), row(1, 1, 0.5, [1, 0]), row(1, 1, 0.5, [1, 0]), row(0, 1, 0.5, [1, 0])]);
    expect(estimates.ips.value).toBeCloseTo(4 / 5, 12);
    expect(estimates.snips.value).toBeCloseTo(2 / 3, 12);
    expect(estimates.dm.value).toBe(0);
    expect(estimates.dr.value).toBeCloseTo(4 / 5, 12);
  });

  test('a model that knows the rewards leaves nothing for the weights to correct', () => {
    const { estimates } = evaluate([row(0, 3, 0.1, [0.5, 0.5], [3, 7]), row(1, 7, 0.9, [0.5, 0.5], [3, 7])]);
    for (const name of ['dm', 'dr', 'clippedDr', 'switchDr'] as const) expect(estimates[name].value).toBeCloseTo(5, 12);
  });

  test('no interval is stated where rows do not vary', () => {
    const { estimates } = evaluate([row(0, 0, 0.5, [0.5, 0.5]), row(1, 0, 0.5, [0.5, 0.5])]);
    expect([estimates.ips.value, estimates.ips.normal, estimates.ips.bootstrap]).toEqual([0, null, null]);
  });

  test('nor where all hangs on a handful of clicks, however many rows there are', () => {
    const clicks = (count: number): Row[] => Array.from({ length: 200 }, (_, i) => row(i % 2, i < count ? 1 : 0, 0.5, [0.5, 0.5], [0.01, 0.01]));
    for (const name of ['ips', 'snips', 'dr'] as const) {
      expect(evaluate(clicks(4)).estimates[name]).toMatchObject({ normal: null, bootstrap: null });
      expect(evaluate(clicks(5)).estimates[name].bootstrap).not.toBeNull();
      expect(evaluate(clicks(196)).estimates[name].normal).toBeNull();
    }
    // Clicks on what the policy never does tell nothing about it.
    expect(evaluate(clicks(12).map((each) => ({ ...each, policy: [1, 0] }))).varyingRows).toBe(6);
  });

  test('an action that is no candidate any more counts for nothing', () => {
    const gone = {
      log: { actions: Int32Array.of(0, 9), rewards: Float64Array.of(1, 1), propensities: Float64Array.of(0.5, 0.5) },
      candidates: { starts: Int32Array.of(0, 1, 2), actions: Int32Array.of(0, 0), probabilities: Float64Array.of(1, 1) },
      predictions: new Float64Array(2),
    };
    expect(evaluatePolicy(gone, { rng: createRng(1), replicates: 100 }).estimates.ips.value).toBeCloseTo(1, 12);
  });
});
