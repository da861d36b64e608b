import { checkProbabilities, checkSamples, softplus, type Values } from './samples';

/**
 * Mean negative log likelihood of the labels, in nats:
 *
 *   - sum w (y ln p + (1 - y) ln(1 - p)) / sum w
 *
 * Probabilities are held within [1e-15, 1 - 1e-15], so that one certain mistake costs 34.5 and not infinity. Labels may be
 * fractions. @throws BAD_INPUT.
 */
export function logLoss(probabilities: Values, labels: Values, weights?: Values): number {
  const w = checkSamples(probabilities, labels, weights);
  checkProbabilities(probabilities);
  let loss = 0;
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = Math.min(Math.max(probabilities[i]!, 1e-15), 1 - 1e-15);
    loss -= w[i]! * (labels[i]! * Math.log(p) + (1 - labels[i]!) * Math.log1p(-p));
    total += w[i]!;
  }
  return loss / total;
}

/** Of one logit, exact at any size: ln(1 + e^z) - y z. */
export function logLossOfLogit(z: number, label: number): number {
  return softplus(z) - label * z;
}

/** The mean of logits. @throws BAD_INPUT. */
export function logLossOfLogits(logits: Values, labels: Values, weights?: Values): number {
  const w = checkSamples(logits, labels, weights);
  let loss = 0;
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    loss += w[i]! * logLossOfLogit(logits[i]!, labels[i]!);
    total += w[i]!;
  }
  return loss / total;
}
