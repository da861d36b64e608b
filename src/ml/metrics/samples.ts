import { badInput } from '../../base/errors';

/** A row of numbers, however stored. */
export type Values = ArrayLike<number>;

/**
 * Checks what every metric needs: rows of one length, finite numbers, labels within [0, 1], weights not negative. Returns the
 * weights, ones where none are given. @throws BAD_INPUT naming the row.
 */
export function checkSamples(predictions: Values, labels: Values, weights?: Values): Values {
  const n = predictions.length;
  if (n === 0) throw badInput('predictions', 'A metric needs at least one sample.');
  if (labels.length !== n) throw badInput('labels', `${n} predictions need ${n} labels, ${labels.length} came.`);
  if (weights && weights.length !== n) throw badInput('weights', `${n} predictions need ${n} weights, ${weights.length} came.`);
  const w = weights ?? new Float64Array(n).fill(1);
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(predictions[i])) throw badInput('predictions', `Prediction ${i} is ${predictions[i]}; it must be a finite number.`);
    if (!(labels[i]! >= 0 && labels[i]! <= 1)) throw badInput('labels', `Label ${i} is ${labels[i]}; it must lie between 0 and 1.`);
    if (!(w[i]! >= 0 && w[i]! < Infinity)) throw badInput('weights', `Weight ${i} is ${w[i]}; it must be a finite number, not negative.`);
  }
  return w;
}

export function checkProbabilities(probabilities: Values): void {
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    if (!(p >= 0 && p <= 1)) throw badInput('probabilities', `Probability ${i} is ${p}; it must lie between 0 and 1.`, 'Pass probabilities, not logits.');
  }
}

/** Places of the values in ascending order; equal values keep their order. */
export function ascending(values: Values): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return order.sort((a, b) => values[a]! - values[b]! || a - b);
}

/** 1 / (1 + e^-x), without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** ln(1 + e^x), without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
