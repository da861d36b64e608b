/** Promises about many logs of a bandit whose true values are known. Full counts: tests/checks/off-policy-coverage.mjs. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { createRng, type Rng } from '../../../../src/base/rng';
import type { EstimatorName, EvaluationInput } from '../../../../src/ml/bandit/off-policy/evaluate-policy';
import { doublyRobust, ips } from '../../../../src/ml/bandit/off-policy/estimators';
import { ratioMean } from '../../../../src/ml/bandit/off-policy/ratio-mean';
import { addRowParts, blankRowParts, type RowParts } from '../../../../src/ml/bandit/off-policy/row-parts';

interface Coverage {
  monteCarloError: number;
  estimators: Record<EstimatorName, { normal: number; bootstrap: number }>;
}
interface Bandit {
  ACTIONS: number;
  click: number[][];
  sample(rng: Rng, rows: number): Omit<EvaluationInput, 'predictions'> & { kinds: Int32Array };
  trueValue: number;
}
const bandit = jest.requireActual<Bandit>('../../../checks/synthetic-bandit.cjs');

test('the 95 % intervals hold the true value in about 95 of 100 logs', () => {
  // In a process of its own, on the built program: Jest's realm makes such loops many times as slow.
  const args = [path.resolve(__dirname, '../../../checks/off-policy-coverage.mjs'), '--repetitions', '400', '--rows', '400', '--replicates', '199', '--seed', '11', '--json'];
  const { estimators, monteCarloError } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Coverage;
  // 400 logs know a coverage to about one point: three of them, either way.
  for (const name of ['ips', 'snips', 'dr', 'switchDr'] as const) {
    expect(Math.abs(estimators[name].bootstrap - 0.95)).toBeLessThan(3 * monteCarloError);
    expect(Math.abs(estimators[name].normal - 0.95)).toBeLessThan(3 * monteCarloError);
  }
});

function rowParts(log: EvaluationInput['log'], candidates: EvaluationInput['candidates'], predictions: Float64Array): RowParts {
  const parts = blankRowParts(log);
  addRowParts(parts, log, { from: 0, to: log.actions.length, candidates, predictions });
  return parts;
}

describe('DR is without bias when either part is right', () => {
  /** Mean of the estimates over many logs, in standard errors from the truth. */
  function away(estimate: (log: ReturnType<Bandit['sample']>) => number): number {
    const [rng, values] = [createRng(5), [] as number[]];
    for (let i = 0; i < 200; i++) values.push(estimate(bandit.sample(rng, 500)));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return (mean - bandit.trueValue) / Math.sqrt(variance / values.length);
  }
  const predictionsOf = ({ candidates, kinds }: ReturnType<Bandit['sample']>, model: (x: number, a: number) => number): Float64Array =>
    Float64Array.from(candidates.actions, (a, k) => model(kinds[Math.floor(k / bandit.ACTIONS)]!, a));
  const wrongModel = (x: number, a: number): number => 0.9 - 0.1 * ((x + a) % 3);
  const rightModel = (x: number, a: number): number => bandit.click[x]![a]!;
  const wrongLog = (sample: ReturnType<Bandit['sample']>): ReturnType<Bandit['sample']> => ({ ...sample, log: { ...sample.log, propensities: sample.log.propensities.map((p) => Math.sqrt(p)) } });

  test('the propensities, with a model that is wrong', () => {
    expect(Math.abs(away((s) => ratioMean(doublyRobust(rowParts(s.log, s.candidates, predictionsOf(s, wrongModel)))).value))).toBeLessThan(3);
  });

  test('the model, with propensities that are wrong', () => {
    expect(Math.abs(away((s) => ratioMean(doublyRobust(rowParts(wrongLog(s).log, s.candidates, predictionsOf(s, rightModel)))).value))).toBeLessThan(3);
  });

  test('and it is not when both are wrong, nor is IPS with wrong propensities', () => {
    expect(Math.abs(away((s) => ratioMean(doublyRobust(rowParts(wrongLog(s).log, s.candidates, predictionsOf(s, wrongModel)))).value))).toBeGreaterThan(20);
    expect(Math.abs(away((s) => ratioMean(ips(rowParts(wrongLog(s).log, s.candidates, predictionsOf(s, wrongModel)))).value))).toBeGreaterThan(20);
  });
});
