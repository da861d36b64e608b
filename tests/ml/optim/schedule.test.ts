import fc from 'fast-check';
import { learningRate } from '../../../src/ml/optim/schedule';

const schedule = { peak: 2, warmup: 10, total: 110, floor: 0.1 };

describe('the learning rate', () => {
  it('rises in a line to the peak over the warm-up', () => {
    expect(Array.from({ length: 11 }, (_, step) => learningRate(step, schedule))).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2]);
  });

  it('falls by a half cosine to its floor, where it stays', () => {
    expect(learningRate(60, schedule)).toBeCloseTo(2 * (0.1 + 0.9 * 0.5), 10);
    expect(learningRate(110, schedule)).toBeCloseTo(0.2, 10);
    expect(learningRate(5000, schedule)).toBeCloseTo(0.2, 10);
  });

  it('starts at the peak without a warm-up, and survives a warm-up that outlasts the run', () => {
    expect(learningRate(0, { ...schedule, warmup: 0 })).toBe(2);
    expect(learningRate(5, { ...schedule, total: 5 })).toBeCloseTo(1.2, 10);
  });

  it('is never above the peak, below zero, or undefined', () => {
    const settings = fc.record({ peak: fc.double({ min: 1e-6, max: 10, noNaN: true }), warmup: fc.nat(200), total: fc.nat(400), floor: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.nat(500), settings, (step, given) => {
        const rate = learningRate(step, given);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(given.peak * (1 + 1e-12));
      }),
    );
  });
});
