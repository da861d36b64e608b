/** The training graph of a language model's adapter: the base is constants, so that no gradient of it exists. */
import { gpt2Body } from '../gpt2/body';
import type { Dropout, Gpt2Config } from '../gpt2/config';
import { languageModelLoss } from '../gpt2/heads';
import { parametersAsConstants, parametersAsInputs, type ParameterSpec, type Weights } from '../gpt2/parameters';
import { adapterParameters } from '../lora/adapter';
import { withAdapter } from '../lora/graph';
import type { LoraSite } from '../lora/sites';
import { Graph, type Value } from '../onnx/graph';
import { serialize } from '../onnx/serialize';
import type { AdapterDropout } from './adapter-program';
import { finish, type Program } from './programs';

export interface LanguageAdapterModel {
  config: Gpt2Config;
  /** Weights of the whole language model; they stay as they are. */
  base: Weights;
  sites: readonly LoraSite[];
}

/**
 * Next-token prediction as `languageModelProgram`, with the same inputs (ids int32 [B, T], targets int64 [N], weights float32 [N],
 * N = B T); the parameters, and the gradients that come out, are the adapter's alone. The tied head stays the base's.
 */
export function languageAdapterProgram(model: LanguageAdapterModel, dropout?: AdapterDropout): Program {
  const g = new Graph('gpt2-language-adapter-training');
  const { loss, parameters, values } = adaptedLoss(g, model, dropout);
  return finish(g, loss, parameters, values);
}

/** The loss alone, without masks, for validation. */
export function languageAdapterLossGraph(model: LanguageAdapterModel): Uint8Array {
  const g = new Graph('gpt2-language-adapter-validation');
  g.output('loss', adaptedLoss(g, model).loss);
  return serialize(g);
}

function adaptedLoss(g: Graph, { config, base, sites }: LanguageAdapterModel, dropout?: AdapterDropout): { loss: Value; parameters: ParameterSpec[]; values: Value[] } {
  const parameters = adapterParameters(sites);
  const adapter = parametersAsInputs(g, parameters);
  const masks = (ratio = 0): Dropout | undefined => (dropout && ratio > 0 ? { ratio, seed: dropout.seed } : undefined);
  const source = withAdapter(parametersAsConstants(g, base), sites, adapter.source, { head: false, mask: masks(dropout?.adapter) });
  const ids = g.input('ids', 'int32', ['B', 'T']);
  const targets = g.input('targets', 'int64', ['N']);
  const weights = g.input('weights', 'float32', ['N']);
  const { hidden } = gpt2Body(g, config, source, { ids, dropout: masks(dropout?.body) });
  return { loss: languageModelLoss(g, hidden, targets, weights, source), parameters, values: adapter.values };
}
