/** The training graph of an adapter: the base is constants, so that no gradient of it exists; the adapter goes in, its gradients come out. */
import type { Dropout } from '../gpt2/config';
import { parametersAsConstants, parametersAsInputs, type ParameterSpec, type Weights } from '../gpt2/parameters';
import { rankerInputs, rankerLogits, type RankerShape } from '../gpt2/ranker';
import { adapterParameters, HEAD } from '../lora/adapter';
import { withAdapter } from '../lora/graph';
import type { LoraSite } from '../lora/sites';
import { Graph, type Value } from '../onnx/graph';
import { add, mul } from '../onnx/ops';
import { serialize } from '../onnx/serialize';
import { finish, rankingLoss, type Program } from './programs';

export interface AdapterModel {
  shape: RankerShape;
  /** Weights of the whole ranker; they stay as they are. */
  base: Weights;
  sites: readonly LoraSite[];
  /** Whether `score.weight` learns too. */
  head: boolean;
}

/** Dropout of the body, and of the adapters' inputs; the same seed, different streams. */
export interface AdapterDropout {
  body: number;
  adapter: number;
  seed: number;
}

/**
 * Ranking by points and pairs, as `rankerProgram`; the parameters are the adapter's alone. Further inputs: line_scales, line_shifts
 * float32 [K], which make log-odds of the logits before the losses.
 */
export function adapterProgram(model: AdapterModel, dropout?: AdapterDropout): Program {
  const g = new Graph('gpt2-adapter-training');
  const { logits, parameters, values } = adaptedLogits(g, model, dropout);
  const loss = rankingLoss(g, logits);
  g.output('logits', logits);
  return finish(g, loss, parameters, values);
}

/** The same without losses and masks, for validation: `logits` [K] after their lines. */
export function adapterLogitGraph(model: AdapterModel): Uint8Array {
  const g = new Graph('gpt2-adapter-validation');
  g.output('logits', adaptedLogits(g, model).logits);
  return serialize(g);
}

function adaptedLogits(g: Graph, { shape, base, sites, head }: AdapterModel, dropout?: AdapterDropout): { logits: Value; parameters: ParameterSpec[]; values: Value[] } {
  const parameters = adapterParameters(sites, head ? base.get(HEAD)!.shape : undefined);
  const adapter = parametersAsInputs(g, parameters);
  const masks = (ratio: number): Dropout | undefined => (dropout && ratio > 0 ? { ratio, seed: dropout.seed } : undefined);
  const source = withAdapter(parametersAsConstants(g, base), sites, adapter.source, { head, mask: masks(dropout?.adapter ?? 0) });
  const raw = rankerLogits(g, shape, source, rankerInputs(g, shape), masks(dropout?.body ?? 0));
  const [scales, shifts] = ['line_scales', 'line_shifts'].map((name) => g.input(name, 'float32', ['K']));
  return { logits: add(g, mul(g, raw, scales!), shifts!), parameters, values: adapter.values };
}
