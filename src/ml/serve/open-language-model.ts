/** Which engine runs a language model, and its opening. Lives in a worker thread. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AdloomError } from '../../base/errors';
import { openGraphModel } from '../continuation/graph-model';
import type { LanguageModel } from '../decoding/language-model';
import type { Device } from '../runtime/devices';
import { endsOf, openModel, openTokenizer, textCodec } from '../transformers/open-pretrained';
import { pipelineModel } from '../transformers/pipeline-model';
import { prepareDirectory, prepareGraph, type PreparedDirectory } from '../transformers/prepare-directory';

/** `graphs`: our own, for GPT-2 directories. `transformers`: transformers.js, for all that the library knows. */
export type WriterEngineName = 'graphs' | 'transformers';

/**
 * @param reference a directory in Hugging Face layout, or the name of a model on the hub
 * @param cache where files made for transformers.js are kept, and what the hub sends
 * @param engine our own graphs wherever they can run the model, unless told
 * @throws MODEL_UNAVAILABLE, MODEL_INVALID
 */
export async function openLanguageModel(reference: string, cache: string, { engine, device = 'cpu' }: { engine?: WriterEngineName; device?: Device } = {}): Promise<LanguageModel> {
  const local = existsSync(reference);
  if (!local && (path.isAbsolute(reference) || reference.startsWith('.') || reference.split('/').length > 2)) {
    throw new AdloomError('MODEL_UNAVAILABLE', `There is no model directory ${reference}.`, { hint: 'Give a directory in Hugging Face layout, or the name of a model on the hub.' });
  }
  const prepared: PreparedDirectory = local ? await prepareDirectory(reference, cache) : { directory: reference, id: reference };
  const pretrained = { reference: prepared.directory, local, cache };
  const { id, gpt2 } = prepared;
  if (engine === 'graphs' && !gpt2) {
    throw new AdloomError('MODEL_INVALID', `${reference} has no GPT-2 weights for the engine "graphs".`, { field: 'model.safetensors', hint: 'Give a GPT-2 directory with model.safetensors, or leave the engine to "transformers".' });
  }
  const tokenizer = await openTokenizer(pretrained);
  if (gpt2 && engine !== 'transformers') {
    return openGraphModel({ id, ...gpt2, ends: endsOf(gpt2.config.eosTokenIds, tokenizer), codec: textCodec(tokenizer) }, { device });
  }
  await prepareGraph(prepared);
  return pipelineModel({ id, parameters: gpt2?.parameters ?? 0, model: await openModel(pretrained, device), tokenizer, device });
}
