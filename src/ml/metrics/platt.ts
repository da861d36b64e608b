import { logLossOfLogit } from './log-loss';
import { checkSamples, sigmoid, type Values } from './samples';

/** p = 1 / (1 + exp(-(slope x score + intercept))). */
export interface PlattCalibration {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Platt scaling: the logistic curve of greatest likelihood through scores and labels, by Newton's method with backtracking
 * (Platt 1999; Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs"). Labels may be fractions.
 *
 * `smooth` (default true) draws the targets in as Platt does, from 1 to (W+ + 1) / (W+ + 2) and from 0 to 1 / (W- + 2), which keeps
 * the fit finite where scores separate the classes. @throws BAD_INPUT.
 */
export function fitPlatt(scores: Values, labels: Values, options: { weights?: Values; smooth?: boolean } = {}): PlattCalibration {
  const w = checkSamples(scores, labels, options.weights);
  const n = scores.length;
  let positive = 0;
  let total = 0;
  let scale = 0;
  for (let i = 0; i < n; i++) {
    positive += w[i]! * labels[i]!;
    total += w[i]!;
    scale = Math.max(scale, Math.abs(scores[i]!));
  }
  const smooth = options.smooth ?? true;
  const high = smooth ? (positive + 1) / (positive + 2) : 1;
  const low = smooth ? 1 / (total - positive + 2) : 0;
  const target = Float64Array.from({ length: n }, (_, i) => labels[i]! * high + (1 - labels[i]!) * low);
  // Scores are brought to [-1, 1] while fitting, so that huge ones cost no precision.
  scale = scale || 1;

  const loss = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const z = (a * scores[i]!) / scale + b;
      sum += w[i]! * logLossOfLogit(z, target[i]!);
    }
    return sum;
  };
  let a = 0;
  let b = Math.log((positive + 1) / (total - positive + 1));
  let value = loss(a, b);
  for (let step = 0; step < 200; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = scores[i]! / scale;
      const p = sigmoid(a * x + b);
      const g = w[i]! * (p - target[i]!);
      const h = w[i]! * p * (1 - p);
      ga += g * x;
      gb += g;
      haa += h * x * x;
      hab += h * x;
      hbb += h;
    }
    if (Math.max(Math.abs(ga), Math.abs(gb)) < 1e-10 * Math.max(1, total)) break;
    // A small ridge keeps the Hessian invertible when all scores are equal.
    const ridge = 1e-12 * Math.max(1, haa + hbb);
    const determinant = (haa + ridge) * (hbb + ridge) - hab * hab;
    const da = -((hbb + ridge) * ga - hab * gb) / determinant;
    const db = -((haa + ridge) * gb - hab * ga) / determinant;
    const decrease = ga * da + gb * db;
    let size = 1;
    let next = loss(a + da, b + db);
    while (next > value + 1e-4 * size * decrease && size > 1e-10) {
      size /= 2;
      next = loss(a + size * da, b + size * db);
    }
    if (size <= 1e-10) break;
    a += size * da;
    b += size * db;
    value = next;
  }
  return { slope: a / scale, intercept: b };
}

export function applyPlatt({ slope, intercept }: PlattCalibration, score: number): number {
  return sigmoid(slope * score + intercept);
}
