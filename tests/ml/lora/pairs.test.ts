import fc from 'fast-check';
import { addPairs, pairScorer, pairTensors, pairWeights, readPairs } from '../../../src/ml/lora/pairs';
import type { HashedFeatures } from '../../../src/ml/gpt2/hashed-features';

const features = (...entries: readonly (readonly [row: number, value: number])[]): HashedFeatures => ({ rows: Int32Array.from(entries, ([row]) => row), weights: Float32Array.from(entries, ([, value]) => value) });
const PAIRS = pairWeights([{ first: 4, second: 9, weight: -2 }, { first: 1, second: 4, weight: 0.5 }]);

describe('pairs of terms', () => {
  it('count where both stand in a text, by the product of their weights, in whatever order they stand', () => {
    const score = pairScorer(PAIRS);
    expect(score(features([9, 0.5], [7, 0.5], [4, 0.25]))).toBeCloseTo(-0.25, 6);
    expect(score(features([4, 0.5], [9, 0.5], [1, 0.5]))).toBeCloseTo(-0.5 + 0.125, 6);
    for (const alone of [1, 4, 9]) expect(score(features([alone, 1], [7, 1]))).toBe(0);
  });

  it('add up, pair by pair, whichever side has them', () => {
    const more = pairWeights([{ first: 4, second: 9, weight: 1 }, { first: 2, second: 3, weight: 1 }]);
    expect(addPairs(PAIRS, more)).toEqual(pairWeights([{ first: 1, second: 4, weight: 0.5 }, { first: 2, second: 3, weight: 1 }, { first: 4, second: 9, weight: -1 }]));
    expect(addPairs(PAIRS, undefined)).toBe(PAIRS);
    expect(addPairs(undefined, PAIRS)).toBe(PAIRS);
  });

  it('come back from a file as they were, and are refused where one of the three is missing, of another length or no number', () => {
    const row = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.array(fc.record({ first: row, second: row, weight: fc.float({ noNaN: true, noDefaultInfinity: true }) })), (pairs) => {
        const made = pairWeights(pairs);
        expect(readPairs(new Map(pairTensors(made)))).toEqual(made);
      }),
    );
    expect(readPairs(new Map())).toBeUndefined();
    const [first, second, weights] = pairTensors(PAIRS);
    const refused = (...tensors: ReturnType<typeof pairTensors>): void => expect(() => readPairs(new Map(tensors))).toThrow(expect.objectContaining({ code: 'ADAPTER_INVALID', field: 'words.pairs.weights' }));
    refused(first!, second!);
    refused(first!, weights!);
    refused(first!, second!, pairTensors(pairWeights([{ first: 1, second: 2, weight: 1 }]))[2]!);
    refused(first!, second!, pairTensors({ ...PAIRS, weights: Float32Array.of(Number.NaN, 1) })[2]!);
    refused(first!, [second![0], first![1]], [weights![0], first![1]]);
  });
});
