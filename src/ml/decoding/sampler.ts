/**
 * Draws the next token of a row: temperature, nucleus (Holtzman et al. 2020), then the row's rules.
 * Tokens are tried in the order of a random draw until one is allowed, so that rules cost nothing for tokens that nobody draws.
 */
import { AdloomError } from '../../base/errors';
import type { Rng } from '../../base/rng';
import type { Row } from './row';

export interface SamplingOptions {
  /** 0 always takes the most likely token. */
  temperature: number;
  topP: number;
}

export interface Draw {
  /** Undefined where no token is allowed: a dead end. */
  token: number | undefined;
  /** Of the drawn token, under the model itself: temperature 1, no rules. */
  logProbability: number;
}

/** What a model says of the next token. */
export interface Distribution {
  /** float32 [V]; left as they are. */
  logits: Float32Array;
  /** The largest logit. */
  max: number;
  /** ln sum e^logit. */
  normaliser: number;
  /** ln sum e^(logit / temperature), at the temperature that is drawn with; any number at 0, where nothing is drawn. */
  tempered: number;
}

/** @param logits float32 [V] */
export function distributionOf(logits: Float32Array, temperature: number): Distribution {
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) if (!(logits[i]! <= max)) max = logits[i]!;
  const logSumExp = (divisor: number): number => {
    let sum = 0;
    for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i]! - max) / divisor);
    return max / divisor + Math.log(sum);
  };
  const normaliser = logSumExp(1);
  return { logits, max, normaliser, tempered: temperature === 1 || temperature === 0 ? normaliser : logSumExp(temperature) };
}

/** Tokens beyond these are never tried: they hold a negligible share of any trained model's probability. */
const TRIED = 512;

/** @throws MODEL_INVALID where the model gives no probabilities: a logit that is not a number, or an infinite one */
export function drawToken(next: Distribution, row: Row, options: SamplingOptions, rng: Rng): Draw {
  const { logits, normaliser } = next;
  if (!Number.isFinite(normaliser)) {
    throw new AdloomError('MODEL_INVALID', 'The language model gave logits that are not finite numbers.', { hint: 'Its weights are too large for float32; use an earlier checkpoint.' });
  }
  const best = bestFirst(next);
  const order = options.temperature === 0 ? best : drawOrder(next, best, options, rng);
  for (const token of order) {
    if (row.allows(token)) return { token, logProbability: logits[token]! - normaliser };
  }
  return { token: undefined, logProbability: -Infinity };
}

/** The model's own probability of a token. */
export function probabilityOf({ logits, normaliser }: Distribution, token: number): number {
  return Math.exp(logits[token]! - normaliser);
}

/** The nucleus in random order (Gumbel keys draw without replacement), then the rest by likelihood. */
function* drawOrder({ logits, tempered }: Distribution, best: Iterator<number>, { temperature, topP }: SamplingOptions, rng: Rng): Generator<number> {
  const keyed: { token: number; key: number }[] = [];
  // All tokens, where all are asked for: that their sum reaches 1 would be left to rounding.
  for (let mass = 0; mass < topP || topP >= 1; ) {
    const { value: token, done } = best.next();
    if (done) break;
    mass += Math.exp(logits[token]! / temperature - tempered);
    keyed.push({ token, key: logits[token]! / temperature - Math.log(-Math.log(1 - rng.next() + 1e-12) + 1e-12) });
  }
  keyed.sort((a, b) => b.key - a.key);
  for (const { token } of keyed) yield token;
  for (let next = best.next(); !next.done; next = best.next()) yield next.value;
}

/** Distances from the best logit at which `bestFirst` looks further. */
const BANDS = [3, 6, 12, 24, Infinity];

/** Tokens by likelihood, the best first, of equals the first. Sorted band by band: few are ever asked for, and sorting all is dear. */
function* bestFirst({ logits, max }: Distribution): Generator<number> {
  let [high, given] = [Infinity, 0];
  for (const distance of BANDS) {
    const low = max - distance;
    const band: number[] = [];
    for (let i = 0; i < logits.length; i++) if (logits[i]! >= low && logits[i]! < high) band.push(i);
    band.sort((a, b) => logits[b]! - logits[a]!);
    for (const token of band) {
      if (given++ >= TRIED) return;
      yield token;
    }
    high = low;
  }
}
