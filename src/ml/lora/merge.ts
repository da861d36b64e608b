/** Base and adapter as one plain model: W' = W + s (B A)^T, for those who know no adapters. */
import type { Weights } from '../gpt2/parameters';
import { HEAD, type Adapter } from './adapter';

/**
 * The base's weights with the adapter added; those that it does not touch are shared, not copied.
 * W is [in, out] (Conv1D), A [rank, in], B [out, rank].
 */
export function mergeAdapter(base: Weights, { sites, weights }: Adapter): Weights {
  const merged: Weights = new Map(base);
  for (const { layer, in: inputs, out, rank, scale } of sites) {
    const name = `${layer}.weight`;
    const data = base.get(name)!.data.slice();
    const a = weights.get(`${layer}.lora_A`)!.data;
    const b = weights.get(`${layer}.lora_B`)!.data;
    // Sums in double precision: each weight is rounded once.
    const row = new Float64Array(out);
    for (let i = 0; i < inputs; i++) {
      row.fill(0);
      for (let r = 0; r < rank; r++) {
        const factor = scale * a[r * inputs + i]!;
        for (let o = 0; o < out; o++) row[o]! += factor * b[o * rank + r]!;
      }
      for (let o = 0; o < out; o++) data[i * out + o]! += row[o]!;
    }
    merged.set(name, { shape: [inputs, out], data });
  }
  const head = weights.get(HEAD);
  if (head) merged.set(HEAD, head);
  return merged;
}
