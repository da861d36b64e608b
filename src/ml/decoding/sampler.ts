/**
 * Draws the next token of a row: temperature, nucleus (Holtzman et al. 2020), then the row's rules.
 * Tokens are tried in the order of a random draw until one is allowed, so that rules cost nothing for tokens that nobody draws.
 */
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

/** Tokens beyond these are never tried: they hold a negligible share of any trained model's probability. */
const TRIED = 512;

/** @param logits float32 [V]; left as they are */
export function drawToken(logits: Float32Array, row: Row, options: SamplingOptions, rng: Rng): Draw {
  const normaliser = logSumExp(logits, 1);
  const best = topTokens(logits, TRIED);
  const order = options.temperature === 0 ? best : drawOrder(logits, best, options, rng);
  for (const token of order) {
    if (row.allows(token)) return { token, logProbability: logits[token]! - normaliser };
  }
  return { token: undefined, logProbability: -Infinity };
}

/** The model's own probability of a token. */
export function probabilityOf(logits: Float32Array, token: number): number {
  return Math.exp(logits[token]! - logSumExp(logits, 1));
}

/** The nucleus in random order (Gumbel keys draw without replacement), then the rest by likelihood. */
function drawOrder(logits: Float32Array, best: number[], { temperature, topP }: SamplingOptions, rng: Rng): number[] {
  const normaliser = logSumExp(logits, temperature);
  let [mass, size] = [0, 0];
  while (size < best.length && mass < topP) mass += Math.exp(logits[best[size++]!]! / temperature - normaliser);
  const keyed = best.slice(0, size).map((token) => ({ token, key: logits[token]! / temperature - Math.log(-Math.log(1 - rng.next() + 1e-12) + 1e-12) }));
  keyed.sort((a, b) => b.key - a.key);
  return [...keyed.map((k) => k.token), ...best.slice(size)];
}

function logSumExp(logits: Float32Array, temperature: number): number {
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) if (logits[i]! > max) max = logits[i]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i]! - max) / temperature);
  return max / temperature + Math.log(sum);
}

/** The `count` largest logits, best first. */
function topTokens(logits: Float32Array, count: number): number[] {
  if (logits.length <= count) return Array.from(logits, (_, i) => i).sort((a, b) => logits[b]! - logits[a]!);
  const sorted = Float32Array.from(logits).sort();
  const threshold = sorted[sorted.length - count]!;
  const chosen: number[] = [];
  for (let i = 0; i < logits.length; i++) if (logits[i]! >= threshold) chosen.push(i);
  return chosen.sort((a, b) => logits[b]! - logits[a]!).slice(0, count);
}
