import fc from 'fast-check';
import { AdamW, ADAMW_DEFAULTS, clipScale } from '../../../src/ml/optim/adamw';

const OPTIONS = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };
const gradientsOf = (values: number[]): Map<string, Float32Array> => new Map([['w', Float32Array.from(values)]]);

/** The update as Loshchilov and Hutter write it (algorithm 2), one number at a time, in double precision. */
function byTheBook(start: number, gradients: readonly number[], rate: number, decay: boolean): number {
  let [w, m, v] = [start, 0, 0];
  gradients.forEach((g, i) => {
    m = OPTIONS.beta1 * m + (1 - OPTIONS.beta1) * g;
    v = OPTIONS.beta2 * v + (1 - OPTIONS.beta2) * g * g;
    const mHat = m / (1 - OPTIONS.beta1 ** (i + 1));
    const vHat = v / (1 - OPTIONS.beta2 ** (i + 1));
    w -= rate * (mHat / (Math.sqrt(vHat) + OPTIONS.epsilon) + (decay ? OPTIONS.weightDecay * w : 0));
  });
  return w;
}

describe('AdamW', () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });

  it('moves a weight as the paper says', () => {
    fc.assert(
      fc.property(number, fc.array(number, { minLength: 1, maxLength: 8 }), fc.boolean(), (start, gradients, decay) => {
        const data = Float32Array.of(start);
        const optimiser = new AdamW([{ name: 'w', data, decay }], OPTIONS);
        for (const g of gradients) optimiser.step(gradientsOf([g]), 0.01);
        const expected = byTheBook(Math.fround(start), gradients.map(Math.fround), 0.01, decay);
        expect(Math.abs(data[0]! - expected)).toBeLessThan(1e-4);
      }),
    );
  });

  it('takes a first step of the learning rate, whatever the size of the gradient', () => {
    for (const size of [1e-3, 1, 1e4]) {
      const data = Float32Array.of(1);
      new AdamW([{ name: 'w', data, decay: false }]).step(gradientsOf([size]), 0.1);
      expect(data[0]).toBeCloseTo(0.9, 3);
    }
  });

  it('leaves parameters without a gradient where they are', () => {
    const [w, frozen] = [Float32Array.of(1), Float32Array.of(1)];
    new AdamW([{ name: 'w', data: w, decay: true }, { name: 'frozen', data: frozen, decay: true }]).step(gradientsOf([1]), 0.1);
    expect(frozen).toEqual(Float32Array.of(1));
    expect(w[0]).toBeLessThan(1);
  });

  it('multiplies the learning rate of a parameter by its own rate', () => {
    const [slow, fast] = [Float32Array.of(0), Float32Array.of(0)];
    const optimiser = new AdamW([{ name: 'slow', data: slow, decay: false }, { name: 'fast', data: fast, decay: false, rate: 10 }]);
    optimiser.step(new Map([['slow', Float32Array.of(1)], ['fast', Float32Array.of(1)]]), 0.01);
    expect(fast[0]! / slow[0]!).toBeCloseTo(10, 4);
  });

  it('scales gradients before anything else', () => {
    const [scaled, plain] = [Float32Array.of(1, -2), Float32Array.of(1, -2)];
    const first = new AdamW([{ name: 'w', data: scaled, decay: true }], { ...ADAMW_DEFAULTS, epsilon: 1 });
    const second = new AdamW([{ name: 'w', data: plain, decay: true }], { ...ADAMW_DEFAULTS, epsilon: 1 });
    first.step(gradientsOf([4, 8]), 0.1, 0.25);
    second.step(gradientsOf([1, 2]), 0.1);
    expect(scaled).toEqual(plain);
    expect(first.moments).toEqual(second.moments);
  });
});

describe('gradient clipping', () => {
  it('brings the joint norm of all gradients down to the limit, and no further', () => {
    const gradients = new Map([['a', Float32Array.of(3, 0)], ['b', Float32Array.of(0, 4)]]);
    expect(clipScale(gradients, 1)).toEqual({ norm: 5, scale: 0.2 });
    expect(clipScale(gradients, 5)).toEqual({ norm: 5, scale: 1 });
    expect(clipScale(gradients, Infinity)).toEqual({ norm: 5, scale: 1 });
  });

  it('leaves a gradient of zeros alone', () => {
    expect(clipScale(gradientsOf([0, 0]), 1)).toEqual({ norm: 0, scale: 1 });
  });

  it('refuses a gradient that is not finite', () => {
    for (const bad of [NaN, Infinity]) {
      expect(() => clipScale(gradientsOf([1, bad]), 1)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID', message: 'The gradient is not finite.' }));
    }
  });
});
