import { badInput } from '../../base/errors';
import { evaluatePolicy, type EvaluationOptions, type PolicyValue } from '../../ml/bandit/off-policy/evaluate-policy';

/** One logged decision, and what the policy under judgement would have done in its place. */
export interface DecisionRow {
  /** What was shown: a creative's id, say. */
  readonly action: string;
  readonly reward: number;
  /** With which probability it was shown; null in a log that does not know, which is refused. */
  readonly propensity: number | null;
  /** Everything that could have been shown. */
  readonly candidates: readonly {
    readonly action: string;
    /** Under the policy that is judged; they sum to 1. */
    readonly probability: number;
    /** Expected reward, by a model that did not learn from this row. */
    readonly prediction: number;
  }[];
}

/**
 * Every estimator, with intervals, for a policy on our own decision log: what the gate of retraining goes by. Rows are taken as
 * independent decisions. @throws BAD_INPUT naming the row (no propensity, no distribution); NO_SUPPORT when the policy does what the log never shows.
 */
export function evaluateRows(rows: readonly DecisionRow[], options: EvaluationOptions): PolicyValue {
  const places = new Map<string, number>();
  const placeOf = (action: string): number => {
    const place = places.get(action) ?? places.size;
    places.set(action, place);
    return place;
  };
  const missing = rows.findIndex(({ propensity }) => propensity === null);
  if (missing >= 0) throw badInput('propensity', `Row ${missing} has no propensity.`, 'Without the probability of what was shown no other policy can be evaluated: leave out decisions that were logged without it.');
  const entries = rows.flatMap(({ candidates }) => candidates);
  let end = 0;
  return evaluatePolicy(
    {
      log: {
        actions: Int32Array.from(rows, ({ action }) => placeOf(action)),
        rewards: Float64Array.from(rows, ({ reward }) => reward),
        propensities: Float64Array.from(rows, ({ propensity }) => propensity!),
      },
      candidates: {
        starts: Int32Array.from([0, ...rows.map(({ candidates }) => (end += candidates.length))]),
        actions: Int32Array.from(entries, ({ action }) => placeOf(action)),
        probabilities: Float64Array.from(entries, ({ probability }) => probability),
      },
      predictions: Float64Array.from(entries, ({ prediction }) => prediction),
    },
    options,
  );
}
