import type { Rng } from '../../base/rng';
import type { Graph, Value } from '../onnx/graph';
import type { Gpt2Config } from './config';

/** A weight by its Hugging Face name (without the `transformer.` prefix) and shape. Matrices are [in, out]. */
export interface ParameterSpec {
  name: string;
  shape: readonly number[];
  init: 'normal' | 'residual' | 'zeros' | 'ones';
}

/** Weights by name. */
export type Weights = Map<string, { shape: readonly number[]; data: Float32Array }>;

/** Where a graph gets a weight from: an input while training, a constant when serving. */
export interface ParameterSource {
  (name: string): Value;
  /** What an adapter makes of a linear layer's result: x [N, in], y = x W + b [N, out] -> [N, out]. */
  readonly adapt?: (g: Graph, layer: string, x: Value, y: Value) => Value;
}

export function bodyParameters(config: Gpt2Config): ParameterSpec[] {
  const { channels: C, vocabulary: V, positions: T } = config;
  const specs: ParameterSpec[] = [
    { name: 'wte.weight', shape: [V, C], init: 'normal' },
    { name: 'wpe.weight', shape: [T, C], init: 'normal' },
  ];
  for (let layer = 0; layer < config.layers; layer++) {
    const at = (name: string, shape: number[], init: ParameterSpec['init']): void => {
      specs.push({ name: `h.${layer}.${name}`, shape, init });
    };
    at('ln_1.weight', [C], 'ones');
    at('ln_1.bias', [C], 'zeros');
    at('attn.c_attn.weight', [C, 3 * C], 'normal');
    at('attn.c_attn.bias', [3 * C], 'zeros');
    at('attn.c_proj.weight', [C, C], 'residual');
    at('attn.c_proj.bias', [C], 'zeros');
    at('ln_2.weight', [C], 'ones');
    at('ln_2.bias', [C], 'zeros');
    at('mlp.c_fc.weight', [C, config.inner], 'normal');
    at('mlp.c_fc.bias', [config.inner], 'zeros');
    at('mlp.c_proj.weight', [config.inner, C], 'residual');
    at('mlp.c_proj.bias', [C], 'zeros');
  }
  specs.push({ name: 'ln_f.weight', shape: [C], init: 'ones' }, { name: 'ln_f.bias', shape: [C], init: 'zeros' });
  return specs;
}

/** The classification head of GPT2ForSequenceClassification with one label. */
export function classifierParameters(config: Gpt2Config): ParameterSpec[] {
  return [{ name: 'score.weight', shape: [1, config.channels], init: 'normal' }];
}

/** GPT-2's initialisation: N(0, 0.02), residual projections scaled by 1 / sqrt(2 L) (Radford et al. 2019). */
export function initialise(specs: readonly ParameterSpec[], config: Gpt2Config, rng: Rng): Weights {
  const residual = 0.02 / Math.sqrt(2 * config.layers);
  return new Map(
    specs.map(({ name, shape, init }) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      if (init === 'ones') data.fill(1);
      if (init === 'normal' || init === 'residual') {
        const deviation = init === 'residual' ? residual : 0.02;
        for (let i = 0; i < data.length; i++) data[i] = deviation * rng.normal();
      }
      return [name, { shape, data }];
    }),
  );
}

/** Weights as inputs of the graph, in the order of `specs`. */
export function parametersAsInputs(g: Graph, specs: readonly ParameterSpec[]): { source: ParameterSource; values: Value[] } {
  const values = specs.map(({ name, shape }) => g.input(name, 'float32', shape));
  const byName = new Map(values.map((v) => [v.name, v]));
  return { source: (name) => byName.get(name)!, values };
}

/** Weights as constants in the model file, stored when first used. */
export function parametersAsConstants(g: Graph, weights: Weights): ParameterSource {
  const made = new Map<string, Value>();
  return (name) => {
    const known = made.get(name);
    if (known) return known;
    const { shape, data } = weights.get(name)!;
    const value = g.constant(name, 'float32', shape, data);
    made.set(name, value);
    return value;
  };
}
