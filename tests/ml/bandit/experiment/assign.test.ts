import fc from "fast-check";
import {
  assign,
  type Assignment,
} from "../../../../src/ml/bandit/experiment/assign";
import { sampleRatio } from "../../../../src/ml/bandit/experiment/sample-ratio";
import { chiSquaredTail } from "../../../../src/ml/bandit/experiment/special-functions";

const people = Array.from({ length: 2_000 }, (_, i) => `person-${i}`);
const weights = fc.array(fc.integer({ min: 1, max: 9 }), {
  minLength: 2,
  maxLength: 5,
});
const experiment = (
  of: readonly number[],
  holdoutShare = 0,
  salt = "experiment",
): Assignment => ({
  salt,
  holdoutShare,
  arms: of.map((weight, i) => ({ name: `arm ${i}`, weight })),
});
const runs = { numRuns: 6 };

describe("arms dealt by hash", () => {
  it("are the same at every call, and were so last year", () => {
    const deal = experiment([1, 1, 2], 0.1);
    expect(people.slice(0, 12).map((person) => assign(deal, person)))
      .toMatchInlineSnapshot(`
     [
       "arm 2",
       null,
       "arm 2",
       "arm 2",
       "arm 2",
       "arm 2",
       "arm 2",
       "arm 2",
       "arm 1",
       null,
       "arm 0",
       "arm 2",
     ]
    `);
  });

  it("have their shares of people, for any salt", () => {
    fc.assert(
      fc.property(weights, fc.string(), (of, salt) => {
        const counts = of.map(() => 0);
        for (const person of people)
          counts[Number(assign(experiment(of, 0, salt), person)!.slice(4))]!++;
        expect(sampleRatio(counts, of, 1e-4).mismatch).toBe(false);
      }),
      runs,
    );
  });

  it("of one experiment say nothing of the arms of another", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        fc.pre(one !== other);
        const cells = [0, 0, 0, 0];
        for (const person of people) {
          const [a, b] = [one, other].map((salt) =>
            Number(assign(experiment([1, 1], 0, salt), person)!.slice(4)),
          ) as [number, number];
          cells[2 * a + b]!++;
        }
        const [n, expected] = [people.length, people.length / 4];
        expect(n).toBe(cells.reduce((sum, each) => sum + each));
        expect(
          chiSquaredTail(
            cells.reduce(
              (sum, each) => sum + (each - expected) ** 2 / expected,
              0,
            ),
            3,
          ),
        ).toBeGreaterThan(1e-6);
      }),
      runs,
    );
  });

  it("move people only into an arm that grew, and as few as its share grew by", () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 9 }), (of, more) => {
        const grown = [of[0]! + more, ...of.slice(1)];
        const moved = people.filter((person) => {
          const [before, after] = [
            assign(experiment(of), person),
            assign(experiment(grown), person),
          ];
          if (before !== after) expect(after).toBe("arm 0");
          return before !== after;
        });
        const share = (list: readonly number[]): number =>
          list[0]! / list.reduce((sum, each) => sum + each);
        expect(
          Math.abs(moved.length / people.length - (share(grown) - share(of))),
        ).toBeLessThan(0.06);
      }),
      runs,
    );
  });

  it("move nobody when the order of the arms or the unit of their weights changes", () => {
    const deal = experiment([1, 2, 3]);
    for (const person of people.slice(0, 500)) {
      expect(assign({ ...deal, arms: deal.arms.toReversed() }, person)).toBe(
        assign(deal, person),
      );
      expect(assign(experiment([10, 20, 30]), person)).toBe(
        assign(deal, person),
      );
    }
  });

  it("lose people to a growing holdout alone, which has its share", () => {
    const [small, large] = [0.05, 0.2].map((share) =>
      people.map((person) => assign(experiment([1, 1], share), person)),
    ) as [(string | null)[], (string | null)[]];
    small.forEach((arm, i) => {
      if (arm === null) expect(large[i]).toBeNull();
      else if (large[i] !== null) expect(large[i]).toBe(arm);
    });
    expect(
      sampleRatio(
        [
          large.filter((arm) => arm === null).length,
          large.filter((arm) => arm !== null).length,
        ],
        [2, 8],
        1e-4,
      ).mismatch,
    ).toBe(false);
  });

  it("take in nobody at weight 0", () => {
    expect(
      people
        .slice(0, 500)
        .every((person) => assign(experiment([0, 1]), person) === "arm 1"),
    ).toBe(true);
  });
});
