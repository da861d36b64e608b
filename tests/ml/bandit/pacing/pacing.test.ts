import fc from 'fast-check';
import { allowanceToday, LEAD, type SpendPlan } from '../../../../src/ml/bandit/pacing/allowance';
import { DAY, EVEN_TRAFFIC, HOUR, trafficBetween, trafficCurve } from '../../../../src/ml/bandit/pacing/traffic-curve';
import { simulateDay, SKEWED, START } from './day';

const plan: SpendPlan = { pacing: 'EVEN', startsAt: START, endsAt: START + 10 * DAY, dailyBudget: 24_000_000, totalBudget: null };
const at = (now: number, changes: Partial<SpendPlan> = {}, spentBefore = 0) => allowanceToday({ ...plan, ...changes }, { curve: EVEN_TRAFFIC, now, spentBefore });

describe('the shape of a day', () => {
  test('is even while nothing is known, and while nothing came', () => {
    expect(trafficCurve([], START)).toBe(EVEN_TRAFFIC);
    expect(trafficCurve([{ at: START, requests: 9 }], START)).toBe(EVEN_TRAFFIC);
    expect(trafficCurve([{ at: START - HOUR, requests: 0 }], START)).toBe(EVEN_TRAFFIC);
  });

  test('comes near what two weeks showed, and forgets what was long ago', () => {
    const days = (count: number, until: number, shape: readonly number[]) => Array.from({ length: count * 24 }, (_, h) => ({ at: until - count * DAY + h * HOUR, requests: shape[h % 24]! }));
    const sum = SKEWED.reduce((a, b) => a + b, 0);
    const curve = trafficCurve(days(14, START, SKEWED), START);
    curve.forEach((x, h) => expect(Math.abs(x - (24 * SKEWED[h]!) / sum)).toBeLessThan(0.2));
    const turned = trafficCurve([...days(14, START - 28 * DAY, [...SKEWED].reverse()), ...days(28, START, SKEWED)], START);
    expect(turned[20]!).toBeGreaterThan(4 * turned[3]!);
  });

  test('has a mean of 1 and nothing at 0, from any hours', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ at: fc.integer({ min: START - 100 * DAY, max: START + DAY }), requests: fc.nat() }), { maxLength: 60 }), (hours) => {
        const curve = trafficCurve(hours, START);
        expect(trafficBetween(curve, START, START + DAY)).toBeCloseTo(24, 8);
        expect(Math.min(...curve)).toBeGreaterThan(0);
      }),
    );
    expect(() => trafficCurve([{ at: START, requests: -1 }], START)).toThrow('has -1 requests');
  });
});

describe('what may be spent by now', () => {
  test('follows the day, ten minutes ahead, and starts anew with the next', () => {
    expect(at(START)).toBe(Math.floor((24_000_000 * LEAD) / DAY));
    expect(at(START + 12 * HOUR)).toBe(Math.floor(12_000_000 + (24_000_000 * LEAD) / DAY));
    expect(at(START + DAY - 1)).toBe(24_000_000);
    expect(at(START + DAY)).toBe(Math.floor((24_000_000 * LEAD) / DAY));
  });

  test('is nothing outside the flight, and all of it at once where speed is asked for', () => {
    expect([at(START - 1), at(START + 10 * DAY)]).toEqual([0, 0]);
    expect(at(START, { pacing: 'AS_FAST_AS_POSSIBLE' })).toBe(24_000_000);
    expect(at(START, { dailyBudget: null })).toBeNull();
    expect(at(START, { dailyBudget: null, totalBudget: 5, endsAt: null })).toBe(5);
  });

  test('spreads what earlier days left of a total over the rest of the flight', () => {
    const total = { dailyBudget: null, totalBudget: 100_000_000 };
    expect(at(START + DAY - LEAD, total)).toBe(10_000_000);
    expect(at(START + 5 * DAY + DAY - LEAD, total, 20_000_000)).toBe(16_000_000);
    expect(at(START + 9 * DAY + 23.9 * HOUR, total, 99_000_000)).toBe(1_000_000);
    expect(at(START + 5 * DAY, total, 120_000_000)).toBe(0);
    // The tighter of two budgets decides.
    expect(at(START + DAY - LEAD, { totalBudget: 100_000_000 })).toBe(10_000_000);
  });

  test('never falls within a day and never exceeds a budget, whatever the traffic and the flight', () => {
    fc.assert(
      fc.property(
        fc.record({
          curve: fc.array(fc.double({ min: 0.01, max: 5, noNaN: true }), { minLength: 24, maxLength: 24 }),
          startsAt: fc.integer({ min: START - 2 * DAY, max: START + DAY }),
          length: fc.integer({ min: 1, max: 5 * DAY }),
          daily: fc.option(fc.nat()),
          total: fc.option(fc.nat()),
          spentBefore: fc.nat(),
        }),
        ({ curve: drawn, startsAt, length, daily, total, spentBefore }) => {
          const level = drawn.reduce((a, b) => a + b) / 24;
          const curve = drawn.map((x) => x / level);
          const flight: SpendPlan = { pacing: 'EVEN', startsAt, endsAt: startsAt + length, dailyBudget: daily, totalBudget: total };
          let before = 0;
          for (let now = START; now < START + DAY && now < startsAt + length; now += HOUR / 3) {
            const allowed = allowanceToday(flight, { curve, now, spentBefore });
            if (allowed === null) return;
            if (allowed < before || allowed > Math.min(daily ?? Infinity, total === null ? Infinity : Math.max(0, total - spentBefore))) throw new Error(`${allowed} after ${before}`);
            before = allowed;
          }
        },
      ),
    );
    expect(() => at(START, { dailyBudget: NaN })).toThrow('dailyBudget is NaN');
    expect(() => at(START, {}, -1)).toThrow('Spend before today is -1');
  });
});

describe('a simulated day with a quiet night and a tall evening', () => {
  const rising = SKEWED.map((x, h) => x * (0.7 + (0.6 * h) / 23));
  const falling = SKEWED.map((x, h) => x * (1.3 - (0.6 * h) / 23));
  test.each<[string, number[], number]>([
    ['traffic as learnt', SKEWED, 0.3],
    ['traffic as learnt, nine tenths of it needed', SKEWED, 0.9],
    ['an evening a third stronger than learnt', rising, 0.3],
    ['an evening a third weaker than learnt', falling, 0.3],
  ])('spends within +1 %% and -3 %% of the plan: %s', (_, traffic, share) => {
    const day = simulateDay({ traffic, share, seed: 4 });
    expect(day.end).toBeLessThanOrEqual(1.01);
    expect(day.end).toBeGreaterThan(0.97);
    expect(day.stray).toBeLessThan(0.1);
  });

  test('goes out no more in bursts than chance, by the gate alone', () => {
    expect(simulateDay({ traffic: SKEWED, share: 0.3, seed: 4 }).burst).toBeLessThan(1);
  });
});
