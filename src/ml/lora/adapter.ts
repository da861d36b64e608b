/** An adapter in memory: its sites, and its weights by name. */
import { AdloomError } from '../../base/errors';
import type { Rng } from '../../base/rng';
import type { ParameterSpec, Weights } from '../gpt2/parameters';
import type { LoraSite } from './sites';
import type { WordWeights } from './words';

export const HEAD = 'score.weight';

export interface Adapter {
  sites: readonly LoraSite[];
  /** `<layer>.lora_A` [rank, in] and `<layer>.lora_B` [out, rank] of every site; `score.weight` where the adapter has a head of its own. */
  weights: Weights;
  /** What words count, where the adapter says (`words.ts`). */
  words?: WordWeights;
}

/** What learns in an adapter. @param head shape of the head where it learns too */
export function adapterParameters(sites: readonly LoraSite[], head?: readonly number[]): ParameterSpec[] {
  return [
    ...sites.flatMap(({ layer, in: inputs, out, rank }): ParameterSpec[] => [
      { name: `${layer}.lora_A`, shape: [rank, inputs], init: 'normal' },
      { name: `${layer}.lora_B`, shape: [out, rank], init: 'zeros' },
    ]),
    ...(head ? [{ name: HEAD, shape: head, init: 'normal' } as const] : []),
  ];
}

/**
 * An adapter that does not change its base yet: A uniform within 1 / sqrt(in), B zero, as PEFT and Hu et al. begin.
 * @param head the base's head where it is to learn; it is copied
 */
export function newAdapter(sites: readonly LoraSite[], rng: Rng, head?: { shape: readonly number[]; data: Float32Array }): Adapter {
  const weights: Weights = new Map();
  for (const { layer, in: inputs, out, rank } of sites) {
    const bound = 1 / Math.sqrt(inputs);
    weights.set(`${layer}.lora_A`, { shape: [rank, inputs], data: Float32Array.from({ length: rank * inputs }, () => (2 * rng.next() - 1) * bound) });
    weights.set(`${layer}.lora_B`, { shape: [out, rank], data: new Float32Array(out * rank) });
  }
  if (head) weights.set(HEAD, { shape: head.shape, data: head.data.slice() });
  return { sites, weights };
}

/** Whether it changes what the base's layers or head compute; one that does not has words alone, or nothing. */
export function changesLayers({ sites, weights }: Adapter): boolean {
  const zero = (name: string): boolean => weights.get(name)!.data.every((value) => value === 0);
  return weights.has(HEAD) || sites.some(({ layer }) => !zero(`${layer}.lora_A`) && !zero(`${layer}.lora_B`));
}

/** Bytes that the weights take. */
export function adapterBytes({ weights, words }: Adapter): number {
  return [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, words ? words.rows.byteLength + words.weights.byteLength + 3 * (words.together?.weights.byteLength ?? 0) : 0);
}

/** @throws ADAPTER_INVALID naming the first weight that is not a number */
export function requireFiniteAdapter({ weights }: Adapter, file: string): void {
  for (const [name, { data }] of weights) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    throw new AdloomError('ADAPTER_INVALID', `${file}: the weight ${name} holds ${data[at]} at element ${at}; every weight must be a finite number.`, {
      field: name,
      hint: 'The run that made it diverged: train it again at a lower rate, or use an earlier one.',
    });
  }
}
