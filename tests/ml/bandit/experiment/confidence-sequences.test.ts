import fc from 'fast-check';
import { calibrationInterval } from '../../../../src/ml/bandit/experiment/calibration-interval';
import { confidenceSequence, differenceSequence, LEAST_EVIDENCE } from '../../../../src/ml/bandit/experiment/confidence-sequence';
import { ratioEstimate, type Estimate } from '../../../../src/ml/bandit/experiment/estimate';
import { addMoments, momentsOf } from '../../../../src/ml/bandit/experiment/moments';
import { ratioSequence, successRatioSequence } from '../../../../src/ml/bandit/experiment/ratio-sequence';
import { rateSequence } from '../../../../src/ml/bandit/experiment/rate-sequence';
import { logBeta, logGamma } from '../../../../src/ml/bandit/experiment/special-functions';

const counts = fc.integer({ min: 1, max: 20_000 }).chain((n) => fc.record({ n: fc.constant(n), s: fc.integer({ min: 0, max: n }) }));

/** Of so many successes among units that tried once each. */
const rateOf = (successes: number, trials: number): Estimate =>
  ratioEstimate({ n: trials, sums: [successes, trials], products: [[successes, successes], [successes, trials]] });

describe('the exact sequence of a rate', () => {
  /** The e-value of p, by sums of logarithms: the mixture is a product of (i + 1/2) / (j + 1) terms, which needs no gamma function. */
  const logEvidence = (s: number, n: number, p: number): number => {
    let log = 0;
    let [ones, zeros] = [0, 0];
    for (let i = 0; i < n; i++) {
      const one = i < s;
      log += Math.log((one ? ones + 0.5 : zeros + 0.5) / (i + 1)) - Math.log(one ? p : 1 - p);
      if (one) ones++;
      else zeros++;
    }
    return log;
  };

  it.each([[1, 10], [7, 1_000], [500, 1_000], [0, 40], [40, 40]])('ends where the evidence against an end is 1 / alpha: %d of %d', (s, n) => {
    const { low, high } = rateSequence(s, n, 0.05);
    if (s > 0) expect(logEvidence(s, n, low)).toBeCloseTo(Math.log(20), 8);
    else expect(low).toBe(0);
    if (s < n) expect(logEvidence(s, n, high)).toBeCloseTo(Math.log(20), 8);
    else expect(high).toBe(1);
  });

  it('holds its rate, is mirrored when successes and failures change places, and narrows with evidence', () => {
    fc.assert(fc.property(counts, ({ n, s }) => {
      const { value, low, high } = rateSequence(s, n);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      const mirrored = rateSequence(n - s, n);
      expect(mirrored.low).toBeCloseTo(1 - high, 10);
      expect(mirrored.high).toBeCloseTo(1 - low, 10);
      const more = rateSequence(10 * s, 10 * n);
      expect(more.high - more.low).toBeLessThan(high - low);
      expect(rateSequence(s, n, 0.01).high).toBeGreaterThanOrEqual(high);
    }));
  });

  it('knows nothing before the first trial', () => expect(rateSequence(0, 0)).toEqual({ value: NaN, low: 0, high: 1 }));
});

describe('the asymptotic sequence', () => {
  it('equals its closed form, written as in the paper', () => {
    const [n, variance, alpha] = [12_345, 2.5, 0.05];
    const log = -2 * Math.log(alpha);
    const rho2 = (log + Math.log(log + 1)) / 5_000;
    const half = Math.sqrt(variance) * Math.sqrt(((2 * (n * rho2 + 1)) / (n ** 2 * rho2)) * Math.log(Math.sqrt(n * rho2 + 1) / alpha));
    const { low, high } = confidenceSequence({ value: 3, variance, units: n, evidence: 100 }, alpha);
    expect(high - 3).toBeCloseTo(half, 12);
    expect(3 - low).toBeCloseTo(half, 12);
  });

  it('excludes no difference exactly where the e-value passes 1 / alpha', () => {
    fc.assert(fc.property(counts, counts, fc.constantFrom(0.01, 0.05, 0.1), (a, b, alpha) => {
      const { low, high, eValue } = differenceSequence(rateOf(a.s, a.n), rateOf(b.s, b.n), alpha);
      const margin = Math.abs(Math.log(eValue * alpha));
      if (margin > 1e-9) expect(low > 0 || high < 0).toBe(eValue >= 1 / alpha);
    }));
  });

  it('says the opposite when the arms change places', () => {
    fc.assert(fc.property(counts, counts, (a, b) => {
      const one = differenceSequence(rateOf(a.s, a.n), rateOf(b.s, b.n));
      const other = differenceSequence(rateOf(b.s, b.n), rateOf(a.s, a.n));
      expect([other.low + 0, other.high + 0, other.eValue]).toEqual([-one.high + 0, -one.low + 0, one.eValue]);
    }));
  });

  it('says nothing before there is enough evidence, in either arm', () => {
    const enough = rateOf(LEAST_EVIDENCE, 1_000);
    const little = rateOf(LEAST_EVIDENCE - 1, 1_000);
    expect(confidenceSequence(little)).toMatchObject({ low: -Infinity, high: Infinity });
    expect(differenceSequence(enough, little)).toMatchObject({ low: -Infinity, high: Infinity, eValue: 1 });
    expect(differenceSequence(little, enough)).toMatchObject({ low: -Infinity, high: Infinity, eValue: 1 });
    expect(Number.isFinite(differenceSequence(enough, rateOf(300, 1_000)).high)).toBe(true);
    expect(confidenceSequence(ratioEstimate(momentsOf([[1, 0], [0, 0]])))).toMatchObject({ value: NaN, low: -Infinity, high: Infinity });
  });
});

describe('estimates', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 })), { minLength: 2, maxLength: 60 });

  it('of a mean are the textbook ones', () => {
    const sample = [3, 1, 4, 1, 5, 9, 2, 6];
    expect(ratioEstimate(momentsOf(sample.map((x) => [x, 1])))).toMatchObject({ value: 3.875, variance: expect.closeTo(7.55357142857, 10), units: 8 });
  });

  it('of a ratio are those of units linearised one by one', () => {
    fc.assert(fc.property(rows, (units) => {
      const { value, variance } = ratioEstimate(momentsOf(units));
      const [x, y] = [0, 1].map((at) => units.reduce((sum, unit) => sum + unit[at]!, 0)) as [number, number];
      expect(value).toBeCloseTo(x / y, 12);
      const z = units.map((unit) => ((unit[0] - value * unit[1]) * units.length) / y);
      expect(variance).toBeCloseTo(z.reduce((sum, each) => sum + each ** 2, 0) / (units.length - 1), 8);
    }));
  });

  it('can be made from parts: moments add up', () => {
    fc.assert(fc.property(rows, rows, (a, b) => expect(addMoments(momentsOf(a), momentsOf(b))).toEqual(momentsOf([...a, ...b]))));
  });
});

describe('the sequence of a ratio', () => {
  const once = momentsOf([...Array.from({ length: 90 }, () => [0, 1]), ...Array.from({ length: 10 }, () => [1, 1]), [0, 0]]);

  it('is exact where every unit tried at most once, and succeeded at most once', () => {
    expect(successRatioSequence(once)).toEqual(rateSequence(10, 100));
    expect(ratioSequence(once)).toEqual({ value: 0.1, low: -Infinity, high: Infinity });
  });

  it('is the asymptotic one where units tried several times, and never below 0', () => {
    const several = momentsOf([...Array.from({ length: 60 }, () => [0, 2]), ...Array.from({ length: 45 }, (_, i) => [1 + (i % 2), 2])]);
    const { low, high } = confidenceSequence(ratioEstimate(several));
    expect(successRatioSequence(several)).toEqual({ value: 67 / 210, low: Math.max(0, low), high });
    expect(ratioSequence(several).low).toBeGreaterThanOrEqual(0);
  });
});

describe('calibration', () => {
  it('is predicted over observed, between the ends of what was observed', () => {
    const { low, high } = rateSequence(30, 1_000);
    expect(calibrationInterval(45, 30, 1_000)).toEqual({ value: 1.5, low: expect.closeTo(0.045 / high, 12), high: expect.closeTo(0.045 / low, 12) });
    expect(calibrationInterval(45, 0, 1_000)).toMatchObject({ value: Infinity, high: Infinity });
  });
});

test('the logarithms of gamma and beta are right', () => {
  let factorial = 0;
  for (let n = 1; n <= 170; n++) {
    expect(logGamma(n + 1)).toBeCloseTo((factorial += Math.log(n)), 10);
  }
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
  expect(logBeta(2, 3)).toBeCloseTo(Math.log(1 / 12), 13);
});
