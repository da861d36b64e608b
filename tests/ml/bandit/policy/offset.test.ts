import fc from 'fast-check';
import { binomial } from '../../../../src/base/binomial';
import { createRng } from '../../../../src/base/rng';
import { fitOffsetDeviation } from '../../../../src/ml/bandit/policy/fit-offset-deviation';
import { logit, offsetPosterior, type Evidence } from '../../../../src/ml/bandit/policy/offset';
import { sigmoid, softplus } from '../../../../src/ml/metrics/samples';

const prior = { mean: 0, deviation: 0.5 };
const evidence = fc.record({
  impressions: fc.nat({ max: 1_000_000 }),
  clicks: fc.nat({ max: 1_000_000 }),
  expectedClicks: fc.double({ min: 0, max: 1_000_000, noNaN: true }),
});

/** Mean and deviation of the posterior by a fine grid. */
function byGrid({ impressions: n, clicks, expectedClicks }: Evidence, { mean, deviation }: typeof prior): { mean: number; deviation: number } {
  const base = logit(expectedClicks / n);
  const grid = Array.from({ length: 20_001 }, (_, i) => mean + deviation * (i - 10_000) * 0.0008);
  const logs = grid.map((d) => clicks * (base + d) - n * softplus(base + d) - 0.5 * ((d - mean) / deviation) ** 2);
  const peak = Math.max(...logs);
  const weights = logs.map((l) => Math.exp(l - peak));
  const total = weights.reduce((a, b) => a + b, 0);
  const m = weights.reduce((a, w, i) => a + w * grid[i]!, 0) / total;
  return { mean: m, deviation: Math.sqrt(weights.reduce((a, w, i) => a + w * (grid[i]! - m) ** 2, 0) / total) };
}

describe('the posterior of an offset', () => {
  test('is the prior without impressions, and with a prior that is sure', () => {
    expect(offsetPosterior({ impressions: 0, clicks: 0, expectedClicks: 0 }, prior)).toEqual(prior);
    expect(offsetPosterior({ impressions: 0, clicks: 3, expectedClicks: 0 }, prior)).toEqual(prior);
    expect(offsetPosterior({ impressions: 900, clicks: 30, expectedClicks: 9 }, { mean: 0.2, deviation: 0 })).toEqual({ mean: 0.2, deviation: 0 });
  });

  test.each([
    { impressions: 2_000, clicks: 30, expectedClicks: 20 },
    { impressions: 10_000, clicks: 60, expectedClicks: 100 },
    { impressions: 300, clicks: 4, expectedClicks: 3 },
    { impressions: 100, clicks: 0, expectedClicks: 1.5 },
  ])('is near the exact one: %j', (counts) => {
    const [fast, exact] = [offsetPosterior(counts, prior), byGrid(counts, prior)];
    // A mode beside a mean: they part by a share of the deviation where clicks are few.
    expect(Math.abs(fast.mean - exact.mean)).toBeLessThan(0.15 * exact.deviation);
    expect(fast.deviation / exact.deviation).toBeGreaterThan(0.9);
    expect(fast.deviation / exact.deviation).toBeLessThan(1.1);
  });

  test('is the mode: the slope of the log-posterior is 0 there, on any sums that can come', () => {
    fc.assert(
      fc.property(evidence, fc.double({ min: 0.01, max: 5, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true }), (e, deviation, mean) => {
        const { mean: d, deviation: s } = offsetPosterior(e, { mean, deviation });
        expect(s).toBeGreaterThan(0);
        expect(s).toBeLessThanOrEqual(deviation * (1 + 1e-12));
        if (e.impressions === 0) return;
        const p = sigmoid(logit(e.expectedClicks / e.impressions) + d);
        const slope = Math.min(e.clicks, e.impressions) - e.impressions * p - (d - mean) / deviation ** 2;
        expect(Math.abs(slope) * s).toBeLessThan(1e-6);
      }),
    );
  });

  test('rises with clicks, and narrows as impressions come at one rate', () => {
    const at = (clicks: number) => offsetPosterior({ impressions: 5_000, clicks, expectedClicks: 50 }, prior).mean;
    for (let clicks = 0; clicks < 200; clicks += 10) expect(at(clicks + 1)).toBeGreaterThan(at(clicks));
    const width = (times: number) => offsetPosterior({ impressions: 1_000 * times, clicks: 12 * times, expectedClicks: 10 * times }, prior).deviation;
    for (let times = 1; times < 20; times++) expect(width(times + 1)).toBeLessThan(width(times));
  });

  test('clicks that came before their impressions count once those have come', () => {
    const early = offsetPosterior({ impressions: 3, clicks: 7, expectedClicks: 0.03 }, prior);
    expect(early).toEqual(offsetPosterior({ impressions: 3, clicks: 3, expectedClicks: 0.03 }, prior));
    expect(early.mean).toBeLessThan(1);
  });

  test('refuses what is no sum of outcomes', () => {
    expect(() => offsetPosterior({ impressions: -1, clicks: 0, expectedClicks: 0 }, prior)).toThrow('impressions is -1; a sum of outcomes is a finite number, not negative.');
    expect(() => offsetPosterior({ impressions: 1, clicks: NaN, expectedClicks: 0 }, prior)).toThrow('clicks is NaN');
    expect(() => offsetPosterior({ impressions: 1, clicks: 0, expectedClicks: 0 }, { mean: 0, deviation: -1 })).toThrow('not negative');
  });
});

describe("the prior's deviation from many creatives", () => {
  const rng = createRng(5);
  const creatives = (count: number, tau: number, impressions: number): Evidence[] =>
    Array.from({ length: count }, () => {
      const expected = 0.01 + 0.01 * rng.next();
      const clicks = binomial(rng, impressions, sigmoid(logit(expected) + tau * rng.normal()));
      return { impressions, clicks, expectedClicks: expected * impressions };
    });

  test.each([0.1, 0.3, 0.6])('finds the %d that offsets were drawn with', (tau) => {
    expect(Math.abs(fitOffsetDeviation(creatives(400, tau, 6_000)) / tau - 1)).toBeLessThan(0.2);
  });

  test('stays above 0 where a few creatives show no spread, and is small where many show none', () => {
    expect(fitOffsetDeviation(creatives(3, 0, 500))).toBeGreaterThan(0.05);
    expect(fitOffsetDeviation(creatives(300, 0, 6_000))).toBeLessThan(0.1);
  });

  test('needs a creative with impressions', () => {
    expect(() => fitOffsetDeviation([{ impressions: 0, clicks: 0, expectedClicks: 0 }])).toThrow('none of 1 has any');
  });
});
