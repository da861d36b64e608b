/**
 * Draws the next token of a row: temperature, nucleus (Holtzman et al. 2020), then the row's rules.
 * Tokens are tried in the order of a random draw until one is allowed, so that rules cost nothing for tokens that nobody draws.
 */
import { AdloomError } from '../../base/errors';
import type { Rng } from '../../base/rng';
import { RankedTokens } from './ranked-tokens';
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
  const ranked = new RankedTokens(logits, next.max);
  const token = (options.temperature === 0 ? undefined : drawFromNucleus(next, ranked, row, options, rng)) ?? likeliest(ranked, row);
  return { token, logProbability: token === undefined ? -Infinity : logits[token]! - normaliser };
}

/** The model's own probability of a token. */
export function probabilityOf({ logits, normaliser }: Distribution, token: number): number {
  return Math.exp(logits[token]! - normaliser);
}

function likeliest(ranked: RankedTokens, row: Row): number | undefined {
  for (let rank = 0; rank < TRIED; rank++) {
    const token = ranked.at(rank);
    if (token === undefined || row.allows(token)) return token;
  }
  return undefined;
}

/**
 * The nucleus in random order, without replacement: a race of clocks that ring at the rates of the tokens' probabilities, an
 * exponential wait each. It is the Gumbel draw (Yellott 1977) with one logarithm a token instead of two.
 */
function drawFromNucleus({ logits, tempered }: Distribution, ranked: RankedTokens, row: Row, { temperature, topP }: SamplingOptions, rng: Rng): number | undefined {
  const waits: number[] = [];
  // All tokens, where all are asked for: that their sum reaches 1 would be left to rounding.
  for (let mass = 0; waits.length < TRIED && (mass < topP || topP >= 1); ) {
    const token = ranked.at(waits.length);
    if (token === undefined) break;
    const probability = Math.exp(logits[token]! / temperature - tempered);
    mass += probability;
    waits.push(-Math.log(1 - rng.next()) / probability);
  }
  for (let left = waits.length; left > 0; left--) {
    let first = 0;
    for (let rank = 1; rank < waits.length; rank++) if (waits[rank]! < waits[first]!) first = rank;
    const token = ranked.at(first)!;
    if (row.allows(token)) return token;
    waits[first] = Infinity;
  }
  return undefined;
}
