/**
 * How a graph takes an adapter in (Hu et al. 2021): each adapted layer's y = x W + b becomes y + s (drop(x) A^T) B^T.
 * The layers themselves are in ../gpt2/linear.ts; here is the source of parameters that makes them ask.
 */
import type { Graph, Value } from '../onnx/graph';
import { dropout, gemm, scale } from '../onnx/ops';
import { MASK_STREAM } from '../gpt2/body';
import type { Dropout } from '../gpt2/config';
import type { ParameterSource } from '../gpt2/parameters';
import { HEAD } from './adapter';
import type { LoraSite } from './sites';

/** The body's own masks come before: two and one for each block's three. */
const FIRST_MASK = 512;

/** A low-rank pair; A is [R, in], B is [out, R]. */
interface Pair {
  a: Value;
  b: Value;
  scale: number;
}

/**
 * The base's parameters with an adapter over them.
 * @param adapter gives the values `<layer>.lora_A`, `<layer>.lora_B` of the sites, and `score.weight` if `head`
 * @param mask leaves out elements of the adapters' inputs while training
 */
export function withAdapter(
  base: ParameterSource,
  sites: readonly Pick<LoraSite, 'layer' | 'scale'>[],
  adapter: (name: string) => Value,
  { head, mask }: { head: boolean; mask?: Dropout },
): ParameterSource {
  const places = new Map(sites.map((site, i) => [site.layer, { ...site, i }]));
  const adapt: ParameterSource['adapt'] = (g, layer, x, y) => {
    const site = places.get(layer);
    if (!site) return y;
    const input = mask ? dropout(g, x, mask.ratio, mask.seed + (FIRST_MASK + site.i) * MASK_STREAM) : x;
    return addLowRank(g, input, y, { a: adapter(`${layer}.lora_A`), b: adapter(`${layer}.lora_B`), scale: site.scale });
  };
  return Object.assign((name: string) => (head && name === HEAD ? adapter(name) : base(name)), { adapt });
}

/** y + s (x A^T) B^T: x [N, in], y [N, out]. The sum is part of the second product, so that y is read once. */
function addLowRank(g: Graph, x: Value, y: Value, { a, b, scale: factor }: Pair): Value {
  const low = gemm(g, x, a, null, { transB: true }); // [N, R]
  return gemm(g, factor === 1 ? low : scale(g, low, factor), b, y, { transB: true });
}
