/** The training graph of an adapter: the base is constants, so that no gradient of it exists; the adapter goes in, its gradients come out. */
import type { Dropout } from '../gpt2/config';
import { parametersAsConstants, parametersAsInputs, type Weights } from '../gpt2/parameters';
import { rankerInputs, rankerLogits, type RankerShape } from '../gpt2/ranker';
import { adapterParameters, HEAD } from '../lora/adapter';
import { withAdapter } from '../lora/graph';
import type { LoraSite } from '../lora/sites';
import { Graph } from '../onnx/graph';
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

/** Ranking by points and pairs, as `rankerProgram`; the parameters are the adapter's alone. */
export function adapterProgram({ shape, base, sites, head }: AdapterModel, dropout?: AdapterDropout): Program {
  const g = new Graph('gpt2-adapter-training');
  const parameters = adapterParameters(sites, head ? base.get(HEAD)!.shape : undefined);
  const adapter = parametersAsInputs(g, parameters);
  const masks = (ratio: number): Dropout | undefined => (dropout && ratio > 0 ? { ratio, seed: dropout.seed } : undefined);
  const source = withAdapter(parametersAsConstants(g, base), sites, adapter.source, { head, mask: masks(dropout?.adapter ?? 0) });
  const logits = rankerLogits(g, shape, source, rankerInputs(g, shape), masks(dropout?.body ?? 0));
  const loss = rankingLoss(g, logits);
  g.output('logits', logits);
  return finish(g, loss, parameters, adapter.values);
}
