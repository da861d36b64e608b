import fc from "fast-check";
import { createRng } from "../../../src/base/rng";
import {
  evaluateRows,
  type DecisionRow,
} from "../../../src/modules/off-policy/evaluate-rows";

const IDS = ["red", "green", "blue", "grey"];
const evaluate = (rows: DecisionRow[]) =>
  evaluateRows(rows, { rng: createRng(1), replicates: 100 });

/** Candidates differ from row to row; what was shown is one of them. */
const row = fc
  .record({
    ids: fc.shuffledSubarray(IDS, { minLength: 1 }),
    shown: fc.nat(),
    reward: fc.integer({ min: 0, max: 5 }),
    propensity: fc.double({ min: 0.05, max: 1, noNaN: true }),
    parts: fc.array(fc.integer({ min: 1, max: 9 }), {
      minLength: 4,
      maxLength: 4,
    }),
    predictions: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), {
      minLength: 4,
      maxLength: 4,
    }),
  })
  .map(
    ({ ids, shown, reward, propensity, parts, predictions }): DecisionRow => {
      const total = ids.reduce((sum, _, k) => sum + parts[k]!, 0);
      return {
        action: ids[shown % ids.length]!,
        reward,
        propensity,
        candidates: ids.map((action, k) => ({
          action,
          probability: parts[k]! / total,
          prediction: predictions[k]!,
        })),
      };
    },
  );
/** Every creative is shown once, so that the log supports what follows. */
const shownOnce = IDS.map((action): DecisionRow => ({
  action,
  reward: 1,
  propensity: 0.25,
  candidates: IDS.map((each) => ({
    action: each,
    probability: 0.25,
    prediction: 0,
  })),
}));

test("rows of our own log give what the formulas give, whatever the candidates of each", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), (some) => {
      const rows = [...shownOnce, ...some];
      let [ips, weights, dm, dr] = [0, 0, 0, 0];
      for (const { action, reward, propensity, candidates } of rows) {
        const shown = candidates.find(
          (candidate) => candidate.action === action,
        )!;
        const weight = shown.probability / propensity!;
        const expected = candidates.reduce(
          (sum, candidate) =>
            sum + candidate.probability * candidate.prediction,
          0,
        );
        ips += weight * reward;
        weights += weight;
        dm += expected;
        dr += expected + weight * (reward - shown.prediction);
      }
      const { estimates } = evaluate(rows);
      expect(estimates.ips.value).toBeCloseTo(ips / rows.length, 9);
      expect(estimates.snips.value).toBeCloseTo(ips / weights, 9);
      expect(estimates.dm.value).toBeCloseTo(dm / rows.length, 9);
      expect(estimates.dr.value).toBeCloseTo(dr / rows.length, 9);
    }),
  );
});

test("a gate fails shut: no propensity, no support, no distribution, no rows", () => {
  const [first, ...others] = shownOnce;
  expect(() =>
    evaluate([...others, { ...first!, propensity: null }]),
  ).toThrowErrorMatchingInlineSnapshot(`"Row 3 has no propensity."`);
  expect(() => evaluate(others)).toThrowErrorMatchingInlineSnapshot(
    `"25 % of the evaluation policy's probability lies on 1 action that the log never shows with a propensity above 0; at most 1 % may."`,
  );
  expect(() =>
    evaluate([
      { ...first!, candidates: first!.candidates.slice(1) },
      ...others,
    ]),
  ).toThrowErrorMatchingInlineSnapshot(
    `"The evaluation policy's probabilities of row 0 sum to 0.75; they must sum to 1."`,
  );
  expect(() => evaluate([])).toThrowErrorMatchingInlineSnapshot(
    `"A log needs at least one row."`,
  );
});
