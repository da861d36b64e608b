import { createRng } from '../../../../src/base/rng';
import { isAdloomError } from '../../../../src/base/errors';
import { crossFitFolds } from '../../../../src/ml/bandit/off-policy/cross-fit';
import { evaluatePolicy, type EvaluationInput } from '../../../../src/ml/bandit/off-policy/evaluate-policy';

const good = (): EvaluationInput => ({
  log: { actions: Int32Array.of(0, 1, 0), rewards: Float64Array.of(1, 0, 1), propensities: Float64Array.of(0.5, 0.5, 0.5) },
  candidates: { starts: Int32Array.of(0, 2, 4, 6), actions: Int32Array.of(0, 1, 0, 1, 0, 1), probabilities: Float64Array.of(0.3, 0.7, 0.3, 0.7, 0.3, 0.7) },
  predictions: new Float64Array(6),
});
function refusal(change: (input: EvaluationInput) => EvaluationInput, replicates = 100): string {
  try {
    evaluatePolicy(change(good()), { rng: createRng(1), replicates });
  } catch (error) {
    if (isAdloomError(error)) return [`${error.code} ${error.field}: ${error.message}`, error.hint].filter(Boolean).join(' | ');
    throw error;
  }
  throw new Error('It was accepted.');
}
const log = (change: Partial<EvaluationInput['log']>) => (input: EvaluationInput): EvaluationInput => ({ ...input, log: { ...input.log, ...change } });
const candidates = (change: Partial<EvaluationInput['candidates']>) => (input: EvaluationInput): EvaluationInput => ({ ...input, candidates: { ...input.candidates, ...change } });
const empty = { actions: new Int32Array(0), rewards: new Float64Array(0), propensities: new Float64Array(0) };

test('the good case is good', () => expect(() => evaluatePolicy(good(), { rng: createRng(1), replicates: 100 })).not.toThrow());

test.each<[string, (input: EvaluationInput) => EvaluationInput]>([
  ['no rows', log(empty)],
  ['no propensities', log({ propensities: new Float64Array(0) })],
  ['a propensity too few', log({ propensities: Float64Array.of(1, 1) })],
  ['a reward too many', log({ rewards: new Float64Array(4) })],
  ['a propensity above 1', log({ propensities: Float64Array.of(0.5, 1.5, 0.5) })],
  ['a propensity below 0', log({ propensities: Float64Array.of(0.5, -0.5, 0.5) })],
  ['a propensity that is no number', log({ propensities: Float64Array.of(0.5, NaN, 0.5) })],
  ['a propensity of 0', log({ propensities: Float64Array.of(0.5, 0, 0.5) })],
  ['a reward that is no number', log({ rewards: Float64Array.of(1, 0, NaN) })],
  ['an infinite reward', log({ rewards: Float64Array.of(1, 0, Infinity) })],
  ['a negative action', log({ actions: Int32Array.of(0, -1, 0) })],
  ['a policy that sums to less than 1', candidates({ probabilities: Float64Array.of(0.3, 0.7, 0.3, 0.6, 0.3, 0.7) })],
  ['a policy with a negative probability', candidates({ probabilities: Float64Array.of(1.3, -0.3, 0.3, 0.7, 0.3, 0.7) })],
  ['a policy that is no number', candidates({ probabilities: Float64Array.of(NaN, 0.7, 0.3, 0.7, 0.3, 0.7) })],
  ['an action twice in a row', candidates({ actions: Int32Array.of(0, 0, 0, 1, 0, 1) })],
  ['a row without candidates', candidates({ starts: Int32Array.of(0, 2, 2, 6) })],
  ['starts of another log', candidates({ starts: Int32Array.of(0, 2, 6) })],
  ['probabilities that are too few', candidates({ probabilities: new Float64Array(5) })],
  ['predictions that are too few', (input) => ({ ...input, predictions: new Float64Array(5) })],
  ['a prediction that is no number', (input) => ({ ...input, predictions: new Float64Array(6).fill(NaN) })],
  ['a policy for what the log never shows', candidates({ actions: Int32Array.of(0, 2, 0, 2, 0, 2) })],
  ['a policy that never does what was shown', candidates({ probabilities: Float64Array.of(0, 1, 1, 0, 0, 1) })],
])('%s is refused', (_, change) => expect(refusal(change)).toMatchSnapshot());

test('too few resamples are refused', () => expect(refusal((input) => input, 10)).toMatchSnapshot());

test('folds that rows cannot fill are refused', () => expect(() => crossFitFolds(3, 4, createRng(1))).toThrowErrorMatchingSnapshot());

test('up to a hundredth of a policy may lie outside the log, and the share is told', () => {
  const input = candidates({ actions: Int32Array.of(0, 1, 2, 0, 1, 0, 1), starts: Int32Array.of(0, 3, 5, 7), probabilities: Float64Array.of(0.3, 0.68, 0.02, 0.3, 0.7, 0.3, 0.7) })(good());
  const { unsupported } = evaluatePolicy({ ...input, predictions: new Float64Array(7) }, { rng: createRng(1), replicates: 100 });
  expect(unsupported).toBeCloseTo(0.02 / 3, 12);
});
