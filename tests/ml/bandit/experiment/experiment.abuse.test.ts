import { assign } from '../../../../src/ml/bandit/experiment/assign';
import { calibrationInterval } from '../../../../src/ml/bandit/experiment/calibration-interval';
import { confidenceSequence } from '../../../../src/ml/bandit/experiment/confidence-sequence';
import { cuped } from '../../../../src/ml/bandit/experiment/cuped';
import { ratioEstimate } from '../../../../src/ml/bandit/experiment/estimate';
import { benjaminiHochberg, eBenjaminiHochberg } from '../../../../src/ml/bandit/experiment/false-discovery';
import { momentsOf } from '../../../../src/ml/bandit/experiment/moments';
import { populationStability } from '../../../../src/ml/bandit/experiment/population-stability';
import { rateSequence } from '../../../../src/ml/bandit/experiment/rate-sequence';
import { sampleRatio } from '../../../../src/ml/bandit/experiment/sample-ratio';

test.each([
  ['more successes than trials', () => rateSequence(11, 10)],
  ['a share of a trial', () => rateSequence(0.5, 10)],
  ['trials below none', () => rateSequence(0, -1)],
  ['an interval that is always right', () => confidenceSequence({ value: 1, variance: 1, units: 10, evidence: 100 }, 0)],
  ['an interval at 95 instead of 0.05', () => rateSequence(1, 10, 95)],
  ['a ratio of one variable', () => ratioEstimate(momentsOf([[1], [2]]))],
  ['sums that overflowed', () => ratioEstimate({ n: 2, sums: [Infinity, 2], products: [[1, 1], [1, 2]] })],
  ['squares smaller than they can be', () => ratioEstimate({ n: 2, sums: [10, 2], products: [[1, 1], [1, 2]] })],
  ['CUPED of no arm', () => cuped([])],
  ['CUPED without covariates', () => cuped([momentsOf([[1, 2]])])],
  ['a split over one arm', () => sampleRatio([10], [1])],
  ['a split with a weight for each of other arms', () => sampleRatio([10, 20], [1, 1, 1])],
  ['a split that plans for nobody', () => sampleRatio([10, 20], [1, 0])],
  ['half a person', () => sampleRatio([10, 0.5], [1, 1])],
  ['a p-value above 1', () => benjaminiHochberg([0.5, 1.5])],
  ['a p-value that is none', () => benjaminiHochberg([NaN])],
  ['an e-value below 0', () => eBenjaminiHochberg([-1])],
  ['histograms of other bins', () => populationStability([1, 2, 3], [1, 2])],
  ['a histogram of shares', () => populationStability([0.5, 0.5], [1, 2])],
  ['probabilities that sum to more than the trials', () => calibrationInterval(12, 3, 10)],
  ['a holdout of everybody', () => assign({ salt: 's', holdoutShare: 1, arms: [{ name: 'a', weight: 1 }] }, 'person')],
  ['an arm of negative weight', () => assign({ salt: 's', holdoutShare: 0, arms: [{ name: 'a', weight: -1 }] }, 'person')],
  ['arms without weight', () => assign({ salt: 's', holdoutShare: 0, arms: [{ name: 'a', weight: 0 }] }, 'person')],
])('is refused: %s', (_, misuse) => {
  expect(misuse).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  expect(misuse).toThrowErrorMatchingSnapshot();
});
