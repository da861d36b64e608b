import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import { drawToken, probabilityOf } from '../../../src/ml/decoding/sampler';
import { END, idOf, rowOf, TOKENS, write } from './written';

/** Logits that are low but for those named. */
function logitsOf(high: Record<string, number>): Float32Array {
  const logits = new Float32Array(TOKENS.length).fill(-20);
  for (const [token, value] of Object.entries(high)) logits[idOf(token)] = value;
  return logits;
}

const FOUR = { ' the': Math.log(0.5), ' mud': Math.log(0.3), ' trail': Math.log(0.15), ' run': Math.log(0.05) };

function shares(options: { temperature: number; topP: number }, draws = 4000): Record<string, number> {
  const rng = createRng(3);
  const counts: Record<string, number> = {};
  for (let i = 0; i < draws; i++) {
    const token = TOKENS[drawToken(logitsOf(FOUR), rowOf([]), options, rng).token!]!;
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
    expect(drawToken(logitsOf(FOUR), rowOf([]), { temperature: 0, topP: 1 }, rng).token).toBe(idOf(' the'));
    expect(drawToken(logitsOf(FOUR), rowOf([' the']), { temperature: 0, topP: 1 }, rng).token).toBe(idOf(' mud'));
    expect(rng.state()).toEqual(before);
  });

  it('goes beyond the nucleus where the rules allow nothing in it', () => {
    const { token } = drawToken(logitsOf({ ' 4': 5, '£': 4, ' mud': -3 }), rowOf([]), { temperature: 1, topP: 0.9 }, createRng(1));
    expect(token).toBe(idOf(' mud'));
  });

  it('reports a dead end where no token is allowed', () => {
    const draw = drawToken(logitsOf({ ' mud': 1 }), rowOf([], { maxGraphemes: 1, bannedWords: ['best'] }), { temperature: 1, topP: 1 }, createRng(1));
    // Only single characters fit; those that stand alone are allowed, a word is not.
    expect(draw.token === undefined || TOKENS[draw.token]!.length === 1).toBe(true);
    expect(drawToken(logitsOf({}), rowOf([' be', 'st'], { maxGraphemes: 5, bannedWords: ['best'] }), { temperature: 1, topP: 1 }, createRng(1))).toEqual({
      token: undefined,
      logProbability: -Infinity,
    });
  });

  it('reports the log-probability of the model itself, without temperature or rules', () => {
    const { token, logProbability } = drawToken(logitsOf(FOUR), rowOf([' the']), { temperature: 0, topP: 0.1 }, createRng(1));
    expect(logProbability).toBeCloseTo(Math.log(0.3), 5);
    expect(probabilityOf(logitsOf(FOUR), token!)).toBeCloseTo(0.3, 5);
  });

  it('leaves the logits as they are', () => {
    const logits = logitsOf(FOUR);
    drawToken(logits, rowOf([]), { temperature: 0.7, topP: 0.9 }, createRng(1));
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
    expect(drawToken(logits, rowOf([' mud']), { temperature: 0, topP: 1 }, createRng(1)).token).toBe(END);
  });
});
