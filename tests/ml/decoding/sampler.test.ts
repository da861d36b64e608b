import fc from 'fast-check';
import { createRng, type Rng } from '../../../src/base/rng';
import type { Row } from '../../../src/ml/decoding/row';
import { distributionOf, drawToken, probabilityOf, type Draw, type SamplingOptions } from '../../../src/ml/decoding/sampler';
import { END, idOf, rowOf, TOKENS, write } from './written';

/** Logits that are low but for those named. */
function logitsOf(high: Record<string, number>): Float32Array {
  const logits = new Float32Array(TOKENS.length).fill(-20);
  for (const [token, value] of Object.entries(high)) logits[idOf(token)] = value;
  return logits;
}

const draw = (logits: Float32Array, row: Row, options: SamplingOptions, rng: Rng): Draw => drawToken(distributionOf(logits, options.temperature), row, options, rng);

/** The method read plainly: sort all, cut the nucleus, order it by Gumbel keys, take the first that the row allows. */
function drawPlainly(logits: Float32Array, row: Row, { temperature, topP }: SamplingOptions, rng: Rng): number | undefined {
  const best = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, 512);
  const weights = Array.from(logits, (logit) => Math.exp(logit / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let size = 0;
  for (let mass = 0; size < best.length && mass < topP; size++) mass += weights[best[size]!]! / total;
  const keys = new Map(best.slice(0, size).map((token) => [token, logits[token]! / temperature - Math.log(-Math.log(1 - rng.next() + 1e-12) + 1e-12)]));
  return [...[...keys.keys()].sort((a, b) => keys.get(b)! - keys.get(a)!), ...best.slice(size)].find((token) => row.allows(token));
}

const FOUR = { ' the': Math.log(0.5), ' mud': Math.log(0.3), ' trail': Math.log(0.15), ' run': Math.log(0.05) };

function shares(options: { temperature: number; topP: number }, draws = 4000): Record<string, number> {
  const rng = createRng(3);
  const counts: Record<string, number> = {};
  for (let i = 0; i < draws; i++) {
    const token = TOKENS[draw(logitsOf(FOUR), rowOf([]), options, rng).token!]!;
    counts[token] = (counts[token] ?? 0) + 1 / draws;
  }
  return counts;
}

describe('the sampler', () => {
  it('draws in proportion to the probabilities', () => {
    const drawn = shares({ temperature: 1, topP: 1 });
    for (const [token, logit] of Object.entries(FOUR)) expect(drawn[token]).toBeCloseTo(Math.exp(logit), 1);
  });

  it('sharpens with a low temperature and flattens with a high one', () => {
    expect(shares({ temperature: 0.5, topP: 1 })[' the']).toBeCloseTo(0.25 / (0.25 + 0.09 + 0.0225 + 0.0025), 1);
    expect(shares({ temperature: 100, topP: 0.3 })[' the']).toBeLessThan(0.5);
  });

  it('keeps to the smallest set of tokens that reaches the nucleus', () => {
    expect(Object.keys(shares({ temperature: 1, topP: 0.6 })).sort()).toEqual([' mud', ' the']);
  });

  it('takes the most likely allowed token at temperature 0', () => {
    const rng = createRng(1);
    const before = rng.state();
    expect(draw(logitsOf(FOUR), rowOf([]), { temperature: 0, topP: 1 }, rng).token).toBe(idOf(' the'));
    expect(draw(logitsOf(FOUR), rowOf([' the']), { temperature: 0, topP: 1 }, rng).token).toBe(idOf(' mud'));
    expect(rng.state()).toEqual(before);
  });

  it('goes beyond the nucleus where the rules allow nothing in it', () => {
    const { token } = draw(logitsOf({ ' 4': 5, '£': 4, ' mud': -3 }), rowOf([]), { temperature: 1, topP: 0.9 }, createRng(1));
    expect(token).toBe(idOf(' mud'));
  });

  it('reports a dead end where no token is allowed', () => {
    const dead = draw(logitsOf({ ' mud': 1 }), rowOf([], { maxGraphemes: 1, bannedWords: ['best'] }), { temperature: 1, topP: 1 }, createRng(1));
    // Only single characters fit; those that stand alone are allowed, a word is not.
    expect(dead.token === undefined || TOKENS[dead.token]!.length === 1).toBe(true);
    expect(draw(logitsOf({}), rowOf([' be', 'st'], { maxGraphemes: 5, bannedWords: ['best'] }), { temperature: 1, topP: 1 }, createRng(1))).toEqual({
      token: undefined,
      logProbability: -Infinity,
    });
  });

  it('reports the log-probability of the model itself, without temperature or rules', () => {
    const { token, logProbability } = draw(logitsOf(FOUR), rowOf([' the']), { temperature: 0, topP: 0.1 }, createRng(1));
    expect(logProbability).toBeCloseTo(Math.log(0.3), 5);
    expect(probabilityOf(distributionOf(logitsOf(FOUR), 1), token!)).toBeCloseTo(0.3, 5);
  });

  it('draws what the method says, over flat and sharp distributions, with ties, in large and small vocabularies', () => {
    const free = { allows: (token: number) => token % 3 !== 0 } as Row;
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 1500 }), fc.constantFrom(0.01, 1, 4, 30), fc.constantFrom(0.3, 0.7, 1, 3), fc.constantFrom(0.1, 0.5, 0.95, 0.999), (seed, size, spread, temperature, topP) => {
        const noise = createRng(seed);
        const logits = Float32Array.from({ length: size }, () => Math.round(spread * noise.normal() * 64) / 64);
        expect(draw(logits, free, { temperature, topP }, createRng(seed)).token).toBe(drawPlainly(logits, free, { temperature, topP }, createRng(seed)));
      }),
      { numRuns: 100 },
    );
  });

  it.each([NaN, Infinity])('refuses logits that hold %p, wherever it stands', (strange) => {
    for (const at of [0, 7, TOKENS.length - 1]) {
      const logits = logitsOf(FOUR);
      logits[at] = strange;
      expect(() => draw(logits, rowOf([]), { temperature: 1, topP: 1 }, createRng(1))).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
    }
  });

  it('leaves the logits as they are', () => {
    const logits = logitsOf(FOUR);
    draw(logits, rowOf([]), { temperature: 0.7, topP: 0.9 }, createRng(1));
    expect(logits).toEqual(logitsOf(FOUR));
  });

  it('writes the same text from the same seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 0.8, 2), (seed, temperature) => {
        const options = { temperature, topP: 0.95 };
        expect(write(seed, {}, options).text).toBe(write(seed, {}, options).text);
      }),
      { numRuns: 50 },
    );
  });

  it('looks at the best tokens of a large vocabulary only, and finds the end among them', () => {
    const logits = Float32Array.from({ length: 50_257 }, (_, i) => -i / 1000);
    expect(draw(logits, rowOf([' mud']), { temperature: 0, topP: 1 }, createRng(1)).token).toBe(END);
  });
});
