import fc from 'fast-check';
import { binomial } from '../../../../src/base/binomial';
import { createRng } from '../../../../src/base/rng';
import { groupOffset, priorInGroup } from '../../../../src/ml/bandit/policy/group-offset';
import { learnable } from '../../../../src/ml/bandit/policy/learnable';
import { sigmoid } from '../../../../src/ml/metrics/samples';

const group = { mean: 0, deviation: 0.6 };

describe('what creatives of a group share', () => {
  test('is the prior without evidence, whatever creatives there are', () => {
    expect(groupOffset([], { group, deviation: 0.3 })).toEqual({ mean: 0, deviation: expect.closeTo(0.6, 12) });
    expect(groupOffset([{ impressions: 0, clicks: 5, expectedClicks: 0 }], { group, deviation: 0.3 }).mean).toBe(0);
    expect(groupOffset([{ impressions: 10, clicks: 5, expectedClicks: 1 }], { group: { mean: 1, deviation: 0 }, deviation: 0.3 })).toEqual({ mean: 1, deviation: 0 });
  });

  test('is found within its own deviation as often as it should be', () => {
    const rng = createRng(4);
    let inside = 0;
    for (let run = 0; run < 400; run++) {
      const shared = 0.6 * rng.normal();
      const evidence = Array.from({ length: 5 }, () => ({ impressions: 4_000, clicks: binomial(rng, 4_000, sigmoid(-4 + shared + 0.3 * rng.normal())), expectedClicks: 4_000 * sigmoid(-4) }));
      const { mean, deviation } = groupOffset(evidence, { group, deviation: 0.3 });
      if (Math.abs(mean - shared) < 1.96 * deviation) inside++;
    }
    expect(inside / 400).toBeGreaterThan(0.92);
    expect(inside / 400).toBeLessThan(0.98);
  });

  test('stays finite on any sums, and what one creative may be is wider than what all share', () => {
    const evidence = fc.record({ impressions: fc.nat(), clicks: fc.nat(), expectedClicks: fc.double({ min: 0, max: 1e6, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 6 }), fc.double({ min: 0.01, max: 3, noNaN: true }), (list, deviation) => {
        const shared = groupOffset(list, { group, deviation });
        expect(Number.isFinite(shared.mean) && shared.deviation > 0 && shared.deviation <= 0.6 + 1e-9).toBe(true);
        expect(priorInGroup(shared, deviation).deviation).toBeGreaterThan(deviation);
      }),
    );
    expect(() => groupOffset([], { group, deviation: 0 })).toThrow('must be a finite number above 0');
  });
});

test('what can still be learnt is nothing at the end, all of it without one, and more the longer there is', () => {
  const belief = { mean: 0.1, deviation: 0.3 };
  expect(learnable(belief, 0)).toEqual({ mean: 0.1, deviation: 0 });
  expect(learnable(belief, Infinity)).toEqual(belief);
  // Variance of the posterior mean: 0.09 - 1 / (1 / 0.09 + 20).
  expect(learnable(belief, 20).deviation).toBeCloseTo(Math.sqrt(0.09 - 1 / (1 / 0.09 + 20)), 12);
  expect(learnable(belief, 21).deviation).toBeGreaterThan(learnable(belief, 20).deviation);
  expect(learnable({ mean: 0, deviation: 0 }, 5).deviation).toBe(0);
  expect(() => learnable(belief, -1)).toThrow('must not be negative');
});
