/** Simulated experiments, looked at after every batch; `npm run check:statistics` does the same with 10,000 runs. */
import * as confidence from '../../../../src/ml/bandit/experiment/confidence-sequence';
import * as cupedModule from '../../../../src/ml/bandit/experiment/cuped';
import * as estimate from '../../../../src/ml/bandit/experiment/estimate';
import * as falseDiscovery from '../../../../src/ml/bandit/experiment/false-discovery';
import * as moments from '../../../../src/ml/bandit/experiment/moments';
import * as stability from '../../../../src/ml/bandit/experiment/population-stability';
import * as rate from '../../../../src/ml/bandit/experiment/rate-sequence';
import * as ratio from '../../../../src/ml/bandit/experiment/sample-ratio';
import { createRng } from '../../../../src/base/rng';

interface Scenario {
  readonly name: string;
  readonly kind: string;
}
type Simulation<T> = (product: object, ...rest: unknown[]) => T;
const { SCENARIOS, peek, rateCoverage, sampleRatios, cupedRuns, drifts } = jest.requireActual<{
  SCENARIOS: readonly Scenario[];
  peek: Simulation<{ called: number; naive: number; missed: number }>;
  rateCoverage: Simulation<{ missed: number }>;
  sampleRatios: Simulation<number>;
  cupedRuns: Simulation<{ called: number; plain: number; varianceCut: number }>;
  drifts: Simulation<{ called: number; ruleOfThumb: number }>;
}>('../../../checks/experiments.cjs');
const product = { createRng, ...confidence, ...cupedModule, ...estimate, ...falseDiscovery, ...moments, ...stability, ...rate, ...ratio };
const few = { runs: 40, looks: 25, seed: 3 };

describe('whoever looks after every batch', () => {
  it.each([1, 2, 5, 8].map((at) => SCENARIOS[at]!).map((scenario) => [scenario.name, scenario] as const))('is not misled where nothing differs: %s', (_, scenario) => {
    expect(peek(product, scenario, few).called).toBeLessThanOrEqual(0.05);
  });

  it('would be by a z-test, and is shown a real difference', () => {
    const scenario = SCENARIOS[3]!;
    expect(peek(product, scenario, few).naive).toBeGreaterThan(0.15);
    const real = peek(product, scenario, { ...few, lift: 1.5 });
    expect(real.called).toBeGreaterThan(0.9);
    expect(real.missed).toBeLessThanOrEqual(0.05);
  });

  it('sees the truth within the exact sequence of a rate', () => {
    expect(rateCoverage(product, { p: 0.01, batch: 50, ...few }).missed).toBeLessThanOrEqual(0.05);
  });

  it('hears of a split that is not as planned, and of no other', () => {
    expect(sampleRatios(product, { weights: [9, 1], share: 0.9, batch: 200, ...few })).toBe(0);
    expect(sampleRatios(product, { weights: [1, 1], share: 0.54, batch: 200, ...few })).toBeGreaterThan(0.9);
  });

  it('is spared at least 40 % of the variance by a covariate of correlation 0.65, and finds more', () => {
    const { varianceCut, called, plain } = cupedRuns(product, { correlation: 0.65, unknown: 0, effect: 0.1, batch: 100, runs: 20, looks: 15, seed: 3 });
    expect(varianceCut).toBeGreaterThanOrEqual(0.4);
    expect(called).toBeGreaterThan(plain);
    expect(cupedRuns(product, { correlation: 0.65, unknown: 0.3, batch: 100, runs: 20, looks: 15, seed: 3 }).called).toBeLessThanOrEqual(0.05);
  });

  it('hears of a score that drifted, and not of a small sample', () => {
    const still = drifts(product, { bins: 10, baseline: 5_000, current: 100, shift: 0, runs: 50, seed: 3 });
    expect(still.called).toBeLessThanOrEqual(0.07);
    expect(still.ruleOfThumb).toBeGreaterThan(0.2);
    expect(drifts(product, { bins: 10, baseline: 5_000, current: 1_000, shift: 0.5, runs: 10, seed: 3 }).called).toBe(1);
  });
});
