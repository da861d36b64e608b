/**
 * AdamW (Loshchilov and Hutter 2019): Adam with weight decay applied to the weights, not through the gradient.
 *
 * It runs here and not in the graph: one pass over each weight does what a graph of element-wise operators needs a
 * dozen passes for, and the gradients have left the runtime anyway. See README.md for the measurement.
 */
import { AdloomError } from '../../base/errors';

export interface AdamWOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Per step, times the learning rate. */
  weightDecay: number;
}

export const ADAMW_DEFAULTS: AdamWOptions = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 };

export interface OptimisedParameter {
  name: string;
  data: Float32Array;
  /** Vectors (biases, normalisations) are not decayed. */
  decay: boolean;
  /** Multiplies the learning rate; 1 unless told. */
  rate?: number;
}

export interface Moments {
  first: Float32Array;
  second: Float32Array;
}

export class AdamW {
  readonly moments = new Map<string, Moments>();
  /** Updates done so far. */
  steps = 0;

  constructor(
    readonly parameters: readonly OptimisedParameter[],
    readonly options: AdamWOptions = ADAMW_DEFAULTS,
  ) {
    for (const { name, data } of parameters) {
      this.moments.set(name, { first: new Float32Array(data.length), second: new Float32Array(data.length) });
    }
  }

  /**
   * One update in place.
   * @param gradients by parameter name
   * @param rate learning rate of this step
   * @param scale multiplies every gradient first (clipping)
   */
  step(gradients: ReadonlyMap<string, Float32Array>, rate: number, scale = 1): void {
    this.steps++;
    const { beta1, beta2, epsilon, weightDecay } = this.options;
    const correction1 = 1 - beta1 ** this.steps;
    const correction2 = Math.sqrt(1 - beta2 ** this.steps);
    for (const parameter of this.parameters) {
      const gradient = gradients.get(parameter.name);
      if (!gradient) continue;
      const { first, second } = this.moments.get(parameter.name)!;
      const { data } = parameter;
      const size = (rate * (parameter.rate ?? 1)) / correction1;
      const shrink = 1 - (parameter.decay ? rate * (parameter.rate ?? 1) * weightDecay : 0);
      for (let i = 0; i < data.length; i++) {
        const g = gradient[i]! * scale;
        const m = beta1 * first[i]! + (1 - beta1) * g;
        const v = beta2 * second[i]! + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        data[i] = data[i]! * shrink - (size * m) / (Math.sqrt(v) / correction2 + epsilon);
      }
    }
  }
}

/**
 * The factor that brings the gradients' joint Euclidean norm down to `limit` (Pascanu et al. 2013), 1 where it is below.
 * @throws MODEL_INVALID when the norm is not finite: the step must not be taken
 */
export function clipScale(gradients: ReadonlyMap<string, Float32Array>, limit: number): { norm: number; scale: number } {
  let sum = 0;
  for (const gradient of gradients.values()) {
    let part = 0;
    for (let i = 0; i < gradient.length; i++) part += gradient[i]! * gradient[i]!;
    sum += part;
  }
  const norm = Math.sqrt(sum);
  if (!Number.isFinite(norm)) {
    throw new AdloomError('MODEL_INVALID', 'The gradient is not finite.', { hint: 'Lower the learning rate, or resume from an earlier checkpoint.' });
  }
  return { norm, scale: norm > limit ? limit / norm : 1 };
}
