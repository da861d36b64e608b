/** The ranker that serves many adapters from one session: the base is constants, the adapter is inputs of each run. */
import type { Gpt2Config } from '../gpt2/config';
import { parametersAsConstants, type Weights } from '../gpt2/parameters';
import { rankerInputs, rankerLogits, type RankerShape } from '../gpt2/ranker';
import { BUCKETS } from '../gpt2/shared-prefix';
import { Graph } from '../onnx/graph';
import { serialize } from '../onnx/serialize';
import type { Feeds, TensorValue } from '../runtime/session';
import { HEAD, type Adapter } from './adapter';
import { withAdapter } from './graph';
import { withOneLogit } from './head-labels';
import { linearLayers } from './sites';

/**
 * Lists of tokens (`../gpt2/share-rows.ts`), or rows on a device, and an adapter in, one logit per candidate out: `logits` float32 [K].
 * Beside the ranker's inputs: `<layer>.lora_A` [R, in] and `<layer>.lora_B` [out, R] of every linear layer, R being 0 where an
 * adapter has none; and `score.weight` [1, C].
 */
export function adaptableRankerGraph(shape: RankerShape, weights: Weights, options?: { layout?: 'shared' | 'rows'; buckets?: number }): Uint8Array {
  return serialize(buildAdaptableRankerGraph(shape, weights, options));
}

export function buildAdaptableRankerGraph(shape: RankerShape, weights: Weights, { layout = 'shared', buckets = BUCKETS }: { layout?: 'shared' | 'rows'; buckets?: number } = {}): Graph {
  const g = new Graph('gpt2-ranker-adaptable');
  const inputs = rankerInputs(g, shape, layout, buckets);
  const layers = [...linearLayers(shape.body!)];
  const values = layers.flatMap(([layer, size]) => [
    g.input(`${layer}.lora_A`, 'float32', [`R.${layer}`, size.in]),
    g.input(`${layer}.lora_B`, 'float32', [size.out, `R.${layer}`]),
  ]);
  const head = g.input(HEAD, 'float32', [1, shape.body!.channels]);
  const byName = new Map([...values, head].map((value) => [value.name, value]));
  const source = withAdapter(parametersAsConstants(g, weights), layers.map(([layer]) => ({ layer, scale: 1 })), (name) => byName.get(name)!, { head: true });
  g.output('logits', rankerLogits(g, shape, source, inputs));
  return g;
}

/**
 * The inputs that stand for an adapter; without one, those that leave the base as it is.
 * The factor is multiplied into B, so that the graph needs none.
 */
export function adapterFeeds(body: Gpt2Config, base: Weights, adapter?: Adapter): Feeds {
  const feeds: Feeds = { [HEAD]: tensor([1, body.channels], withOneLogit(adapter?.weights.has(HEAD) ? adapter.weights : base).get(HEAD)!.data) };
  for (const [layer, size] of linearLayers(body)) {
    feeds[`${layer}.lora_A`] = tensor([0, size.in], new Float32Array(0));
    feeds[`${layer}.lora_B`] = tensor([size.out, 0], new Float32Array(0));
  }
  for (const { layer, in: inputs, out, rank, scale } of adapter?.sites ?? []) {
    feeds[`${layer}.lora_A`] = tensor([rank, inputs], adapter!.weights.get(`${layer}.lora_A`)!.data);
    feeds[`${layer}.lora_B`] = tensor([out, rank], adapter!.weights.get(`${layer}.lora_B`)!.data.map((b) => b * scale));
  }
  return feeds;
}

/** Bytes that such inputs hold. */
export function feedBytes(feeds: Feeds): number {
  return Object.values(feeds).reduce((sum, { data }) => sum + data.byteLength, 0);
}

function tensor(dims: readonly number[], data: Float32Array): TensorValue {
  return { dtype: 'float32', dims, data };
}
