import fc from 'fast-check';
import { RankedTokens } from '../../../src/ml/decoding/ranked-tokens';

const logit = fc.oneof(fc.constantFrom(0, -0, 1, -1, -Infinity, 3e38, -3e38, 1e-45, -1e-45), fc.float({ noNaN: true, noDefaultInfinity: true }), fc.float({ min: -30, max: 30, noNaN: true }));

describe('tokens by likelihood', () => {
  it('come as a plain sort gives them, equals in their own order, whatever the logits', () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 1, maxLength: 200 }), fc.nat({ max: 3 }), (values, before) => {
        // As a row of a larger array, as a model gives it.
        const logits = Float32Array.from([...Array.from({ length: before }, () => 7), ...values]).subarray(before);
        const ranked = new RankedTokens(logits, Math.max(...logits));
        const plain = Array.from(logits.keys()).toSorted((a, b) => (logits[a] === logits[b] ? a - b : logits[b]! - logits[a]!));
        expect(plain.map((_, rank) => ranked.at(rank))).toEqual(plain);
        expect(ranked.at(values.length)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('may be asked for in any order', () => {
    const ranked = new RankedTokens(Float32Array.of(1, 50, -40, 20), 50);
    expect([3, 0, 2, 1, 4].map((rank) => ranked.at(rank))).toEqual([2, 1, 0, 3, undefined]);
  });
});
