import type { Gpt2Head, HfGpt2Config } from './hf-config';

/**
 * Names and shapes of a GPT-2's tensors, as the Hugging Face libraries save them, without the `transformer.` prefix.
 * `Conv1D` weights are [in, out]; `score.weight` and `lm_head.weight` are [out, in].
 */
export function gpt2Shapes(config: HfGpt2Config, head: Gpt2Head): Map<string, readonly number[]> {
  const { layers, channels: C, vocabulary: V, positions: T, inner: F } = config;
  const shapes = new Map<string, readonly number[]>([
    ['wte.weight', [V, C]],
    ['wpe.weight', [T, C]],
  ]);
  for (let l = 0; l < layers; l++) {
    const block: [string, readonly number[]][] = [
      ['ln_1.weight', [C]],
      ['ln_1.bias', [C]],
      ['attn.c_attn.weight', [C, 3 * C]],
      ['attn.c_attn.bias', [3 * C]],
      ['attn.c_proj.weight', [C, C]],
      ['attn.c_proj.bias', [C]],
      ['ln_2.weight', [C]],
      ['ln_2.bias', [C]],
      ['mlp.c_fc.weight', [C, F]],
      ['mlp.c_fc.bias', [F]],
      ['mlp.c_proj.weight', [F, C]],
      ['mlp.c_proj.bias', [C]],
    ];
    for (const [name, shape] of block) shapes.set(`h.${l}.${name}`, shape);
  }
  shapes.set('ln_f.weight', [C]);
  shapes.set('ln_f.bias', [C]);
  if (head === 'classifier') shapes.set('score.weight', [config.labels.length, C]);
  if (head === 'language-model' && !config.tiedHead) shapes.set('lm_head.weight', [V, C]);
  return shapes;
}

/** `transformer.h.0.ln_1.bias` and `h.0.ln_1.bias` are one name. */
export function canonicalName(name: string): string {
  return name.startsWith('transformer.') ? name.slice('transformer.'.length) : name;
}

/** The causal masks that older files store as if they were weights. */
export function isMaskBuffer(canonical: string): boolean {
  return /^h\.\d+\.attn\.(bias|masked_bias)$/.test(canonical);
}

/** As saved: heads are named at the top, the rest below `transformer.` where there is a head. */
export function savedName(canonical: string, head: Gpt2Head): string {
  const top = head === 'none' || canonical === 'score.weight' || canonical === 'lm_head.weight';
  return top ? canonical : `transformer.${canonical}`;
}
