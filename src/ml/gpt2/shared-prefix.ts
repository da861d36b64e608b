/**
 * GPT-2 over prefixes and their candidates as one stream of tokens without padding: a prefix is computed once, the linear layers see
 * every token once, and the last layer works for each candidate's last token only. It is `body.ts` for serving: same weights, same
 * numbers, no gradient. Read `shared-prefix-attention.ts` next; `share-rows.ts` makes the inputs.
 */
import type { Graph, Value } from '../onnx/graph';
import { add, gather, layerNormalization } from '../onnx/ops';
import type { KeyValue } from './attention';
import { feedForward } from './body';
import { headSize, type Gpt2Config } from './config';
import type { ParameterSource } from './parameters';
import { lastAttention, streamAttention, streamContext, type StreamLayout } from './shared-prefix-attention';

export interface SharedInputs extends StreamLayout {
  /** int32 [N] each. */
  ids: Value;
  positions: Value;
  /** Cached keys and values per layer, [G, NH, C, HS] with C = 0 where nothing is cached. */
  past: readonly KeyValue[];
}

/** Lengths that the candidates of one prefix are padded to within attention, at most; more cost more operators than they save cells. */
export const BUCKETS = 2;

export function sharedInputs(g: Graph, config: Gpt2Config, buckets = BUCKETS): SharedInputs {
  const cached = ['G', config.heads, 'C', headSize(config)];
  return {
    ids: g.input('ids', 'int32', ['N']),
    positions: g.input('positions', 'int32', ['N']),
    prefix: g.input('prefix', 'int32', ['G', 'P']),
    buckets: Array.from({ length: buckets }, (_, b) => ({
      cells: g.input(`cells.${b}`, 'int32', ['G', `K${b}`, `T${b}`]),
      lasts: g.input(`lasts.${b}`, 'int32', ['G', `K${b}`]),
    })),
    restore: g.input('restore', 'int32', ['N']),
    ends: g.input('ends', 'int32', ['K']),
    restoreEnds: g.input('restore_ends', 'int32', ['K']),
    past: Array.from({ length: config.layers }, (_, layer) => ({
      key: g.input(`past.${layer}.key`, 'float32', cached),
      value: g.input(`past.${layer}.value`, 'float32', cached),
    })),
  };
}

/** After the last normalisation, each candidate's last token: [K, C]; and the prefixes' keys and values per layer, [G, NH, S, HS]. */
export function sharedBody(g: Graph, config: Gpt2Config, param: ParameterSource, inputs: SharedInputs): { hidden: Value; present: KeyValue[] } {
  const context = streamContext(g, config, param, inputs, inputs.past[0]!.key);
  const norm = (x: Value, name: string): Value => layerNormalization(g, x, param(`${name}.weight`), param(`${name}.bias`), config.layerNormEpsilon);
  const present: KeyValue[] = [];
  let x = add(g, gather(g, param('wte.weight'), inputs.ids), gather(g, param('wpe.weight'), inputs.positions));
  for (let layer = 0; layer < config.layers; layer++) {
    const last = layer === config.layers - 1;
    const attended = (last ? lastAttention : streamAttention)(g, norm(x, `h.${layer}.ln_1`), layer, context, inputs.past[layer]!);
    present.push(attended.present);
    x = add(g, last ? gather(g, x, inputs.ends) : x, attended.output);
    x = add(g, x, feedForward(g, norm(x, `h.${layer}.ln_2`), layer, param));
  }
  return { hidden: norm(x, 'ln_f'), present };
}

/** Every graph that serves gives them out: then the runtime fuses alike in all, and equal inputs give equal bits. */
export function giveOut(g: Graph, present: readonly KeyValue[]): void {
  present.forEach(({ key, value }, layer) => {
    g.output(`present.${layer}.key`, key);
    g.output(`present.${layer}.value`, value);
  });
}
