/**
 * The head of a classifier of two labels, [2, C], and the one logit that serving and training know it by, [1, C]: the second label's
 * against the first's.
 */
import type { Weights } from '../gpt2/parameters';
import { HEAD } from './adapter';

/** The weights with a head of one logit, where they have a head. */
export function withOneLogit(weights: Weights): Weights {
  const head = weights.get(HEAD);
  if (!head || head.shape[0] === 1) return weights;
  const C = head.data.length / 2;
  return new Map(weights).set(HEAD, { shape: [1, C], data: Float32Array.from({ length: C }, (_, i) => head.data[C + i]! - head.data[i]!) });
}

/** The weights with a head of so many labels, as files of such a base have it: half for the second, half against the first, which is exact. */
export function withLabels(weights: Weights, labels: number): Weights {
  const head = weights.get(HEAD);
  if (!head || head.shape[0] === labels) return weights;
  const C = head.data.length;
  return new Map(weights).set(HEAD, { shape: [2, C], data: Float32Array.from({ length: 2 * C }, (_, i) => (i < C ? -head.data[i]! / 2 : head.data[i - C]! / 2)) });
}
