/** Which linear layers an adapter changes, by how many ranks, and how strongly. */
import { AdloomError } from '../../base/errors';
import type { Gpt2Config } from '../gpt2/config';

/** The linear layers of a block, by their Hugging Face names. */
export const LORA_TARGETS = ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'] as const;
export type LoraTarget = (typeof LORA_TARGETS)[number];

export interface LoraConfig {
  /** Size of the bottleneck, at least 1. */
  rank: number;
  /** The adapter counts alpha / rank. */
  alpha: number;
  /** Probability with which an element of an adapter's input is left out while training, in [0, 1). */
  dropout: number;
  targets: readonly LoraTarget[];
  /** Blocks that are adapted, counted from 0; all when absent. */
  layers?: readonly number[];
  /** Whether the classification head learns too, and is saved whole. */
  head: boolean;
}

/** One adapted layer: A is [rank, in], B is [out, rank]. */
export interface LoraSite {
  /** For example `h.0.attn.c_attn`. */
  layer: string;
  in: number;
  out: number;
  rank: number;
  /** alpha / rank, or alpha / sqrt(rank) for rank-stabilised adapters (Kalajdzievski 2023). */
  scale: number;
}

/** Every linear layer of a body: its name, inputs and outputs. */
export function linearLayers({ layers, channels: C, inner }: Gpt2Config): Map<string, { in: number; out: number }> {
  const sizes: Record<LoraTarget, { in: number; out: number }> = {
    'attn.c_attn': { in: C, out: 3 * C },
    'attn.c_proj': { in: C, out: C },
    'mlp.c_fc': { in: C, out: inner },
    'mlp.c_proj': { in: inner, out: C },
  };
  return new Map(Array.from({ length: layers }, (_, l) => LORA_TARGETS.map((target) => [`h.${l}.${target}`, sizes[target]] as const)).flat());
}

/** @throws ADAPTER_INVALID naming the setting, what it must be and what it is */
export function loraSites(config: LoraConfig, body: Gpt2Config): LoraSite[] {
  const { rank, alpha, dropout, targets, layers } = config;
  if (!Number.isSafeInteger(rank) || rank < 1) throw refusal('rank', 'a whole number of at least 1', rank, 'Rank 8 suits most adapters; to change nothing, use no adapter.');
  if (rank > Math.min(body.channels, body.inner)) throw refusal('rank', `at most the model's ${Math.min(body.channels, body.inner)} channels`, rank, 'Rank 8 suits most adapters.');
  if (!Number.isFinite(alpha) || alpha <= 0) throw refusal('alpha', 'a number above 0', alpha, 'Twice the rank is usual.');
  if (!(dropout >= 0 && dropout < 1)) throw refusal('dropout', 'a number from 0 to below 1', dropout, 'Use 0 for none.');
  if (targets.length === 0) throw refusal('targets', 'at least one layer', targets, `Choose among ${LORA_TARGETS.join(', ')}.`);
  const unknown = targets.find((target) => !LORA_TARGETS.includes(target));
  if (unknown !== undefined) throw refusal('targets', `among ${LORA_TARGETS.join(', ')}`, unknown, 'Name linear layers of a GPT-2 block.');
  const outside = layers?.find((l) => !Number.isSafeInteger(l) || l < 0 || l >= body.layers);
  if (outside !== undefined) throw refusal('layers', `block numbers from 0 to ${body.layers - 1}`, outside, 'Leave it out to adapt all blocks.');
  if (layers?.length === 0) throw refusal('layers', 'at least one block number', layers, 'Leave it out to adapt all blocks.');
  const chosen = new Set(Array.from({ length: body.layers }, (_, l) => l).filter((l) => layers?.includes(l) ?? true).flatMap((l) => targets.map((t) => `h.${l}.${t}`)));
  return [...linearLayers(body)].filter(([layer]) => chosen.has(layer)).map(([layer, size]) => ({ layer, ...size, rank, scale: alpha / rank }));
}

function refusal(field: string, required: string, came: unknown, hint: string): AdloomError {
  return new AdloomError('ADAPTER_INVALID', `An adapter's ${field} must be ${required}, not ${JSON.stringify(came) ?? String(came)}.`, { field, hint });
}
