import { AdloomError } from '../../base/errors';

/** @throws MODEL_INVALID naming the first weight that is not a number: such a model answers nonsense, or nothing */
export function requireFinite(weights: ReadonlyMap<string, { data: Float32Array }>): void {
  for (const [name, { data }] of weights) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new AdloomError('MODEL_INVALID', `The weight ${name} holds ${data[at]} at element ${at}.`, { field: name, hint: 'The training run diverged; use an earlier checkpoint.' });
    }
  }
}
