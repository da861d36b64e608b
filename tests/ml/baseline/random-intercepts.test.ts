import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import { randomIntercepts, type GroupedSample } from '../../../src/ml/baseline/random-intercepts';

/** Groups whose log-odds differ by a normal deviation, each with as many samples. */
function scene({ groups, each, deviation, seed = 1 }: { groups: number; each: number; deviation: number; seed?: number }): { samples: GroupedSample[]; truth: number[] } {
  const rng = createRng(seed);
  const truth = Array.from({ length: groups }, () => deviation * rng.normal());
  const samples = truth.flatMap((own, group) =>
    Array.from({ length: each }, (): GroupedSample => {
      const logit = rng.normal() - 1;
      return { group, logit, target: Number(rng.next() < 1 / (1 + Math.exp(-(logit + own)))), weight: 1 };
    }),
  );
  return { samples, truth };
}

describe('random intercepts', () => {
  it.each([0.2, 0.5, 1])('find how far groups differ: by %f', (deviation) => {
    const { samples, truth } = scene({ groups: 400, each: 80, deviation });
    const { intercepts, variance } = randomIntercepts(samples, 400);
    expect(Math.abs(Math.sqrt(variance) / deviation - 1)).toBeLessThan(0.2);
    const error = Math.hypot(...truth.map((own, g) => own - intercepts[g]!)) / Math.hypot(...truth);
    expect(error).toBeLessThan({ 0.2: 0.9, 0.5: 0.6, 1: 0.35 }[deviation]!);
  });

  it('are next to nothing where groups do not differ', () => {
    const { samples } = scene({ groups: 200, each: 100, deviation: 0 });
    expect(Math.max(...randomIntercepts(samples, 200).intercepts.map(Math.abs))).toBeLessThan(0.3);
  });

  it('are each the most likely under the prior that all make together, and 0 for a group without samples', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 20 }), (seed, each) => {
        const { samples } = scene({ groups: 12, each, deviation: 0.8, seed });
        const { intercepts, variance } = randomIntercepts(samples.filter(({ group }) => group !== 5), 12);
        expect(intercepts[5]).toBe(0);
        intercepts.forEach((own, group) => {
          const slope = samples.filter((sample) => sample.group === group && group !== 5).reduce((sum, { logit, target }) => sum + target - 1 / (1 + Math.exp(-(logit + own))), 0);
          expect(slope - own / variance).toBeCloseTo(0, 4);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('stay finite where all of a group clicked, and where there is no group at all', () => {
    const all = Array.from({ length: 5_000 }, (): GroupedSample => ({ group: 0, logit: -3, target: 1, weight: 1 }));
    const { intercepts, variance } = randomIntercepts(all, 1);
    expect(intercepts[0]!).toBeGreaterThan(1);
    expect(Number.isFinite(intercepts[0]!) && Number.isFinite(variance)).toBe(true);
    expect(randomIntercepts([], 0).intercepts).toHaveLength(0);
  });
});
