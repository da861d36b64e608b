import { ascending, checkSamples, type Values } from './samples';

/** A rising curve through the points (`x[i]`, `y[i]`), straight between them and level beyond the ends. */
export interface IsotonicCalibration {
  readonly kind: 'isotonic';
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Isotonic regression: the rising step curve of least weighted squares, by pooling adjacent violators (Ayer et al. 1955;
 * Zadrozny and Elkan 2002 for calibration). As in scikit-learn, equal scores are averaged first and the curve runs straight
 * between the ends of its steps. Labels may be fractions. @throws BAD_INPUT.
 */
export function fitIsotonic(scores: Values, labels: Values, options: { weights?: Values } = {}): IsotonicCalibration {
  const w = checkSamples(scores, labels, options.weights);
  const order = ascending(scores);
  interface Step {
    first: number;
    last: number;
    weight: number;
    mean: number;
  }
  const steps: Step[] = [];
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]!]!;
    let weight = 0;
    let sum = 0;
    for (; i < order.length && scores[order[i]!] === score; i++) {
      weight += w[order[i]!]!;
      sum += w[order[i]!]! * labels[order[i]!]!;
    }
    if (weight === 0) continue;
    let step: Step = { first: score, last: score, weight, mean: sum / weight };
    for (let previous = steps.at(-1); previous && previous.mean >= step.mean; previous = steps.at(-1)) {
      steps.pop();
      const both = previous.weight + step.weight;
      step = { first: previous.first, last: step.last, weight: both, mean: (previous.mean * previous.weight + step.mean * step.weight) / both };
    }
    steps.push(step);
  }
  const x: number[] = [];
  const y: number[] = [];
  for (const { first, last, mean } of steps) {
    // Averaging can overshoot 1 by a rounding.
    const value = Math.min(Math.max(mean, 0), 1);
    x.push(first);
    y.push(value);
    if (last > first) {
      x.push(last);
      y.push(value);
    }
  }
  return { kind: 'isotonic', x, y };
}

export function applyIsotonic({ x, y }: IsotonicCalibration, score: number): number {
  let low = 0;
  let high = x.length - 1;
  if (score <= x[0]!) return y[0]!;
  if (score >= x[high]!) return y[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= score) low = middle;
    else high = middle;
  }
  const share = (score - x[low]!) / (x[high]! - x[low]!);
  return y[low]! + share * (y[high]! - y[low]!);
}
