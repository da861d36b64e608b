/** Loads a causal language model and its tokenizer through transformers.js. The only home of that library. */
import { mkdir, copyFile, access, writeFile, rename } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AutoModelForCausalLM, AutoTokenizer, env, LogitsProcessor, LogitsProcessorList, type Tensor, type PreTrainedModel, type PreTrainedTokenizer } from '@xenova/transformers';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import { languageModelGraph } from '../gpt2/inference-graphs';
import { directoryContentHash, shortId } from '../weights/content-hash';
import { readGpt2Directory } from '../weights/hf-directory';
import { requireFinite } from '../weights/require-finite';
import { openBpeTokenizer, requireFit } from '../tokenizer/bpe';

export interface WriterModel {
  id: string;
  parameters: number;
  model: PreTrainedModel;
  tokenizer: PreTrainedTokenizer;
}

/**
 * @param reference a directory in Hugging Face layout, or the name of a model on the hub
 * @param cache where the ONNX file of a directory that has none is kept, and what the hub sends
 * @throws MODEL_UNAVAILABLE, MODEL_INVALID
 */
export async function loadWriterModel(reference: string, cache: string): Promise<WriterModel> {
  const local = existsSync(reference);
  if (!local && (path.isAbsolute(reference) || reference.startsWith('.') || reference.split('/').length > 2)) {
    throw new AdloomError('MODEL_UNAVAILABLE', `There is no model directory ${reference}.`, { hint: 'Give a directory in Hugging Face layout, or the name of a model on the hub.' });
  }
  const prepared = local ? await prepareDirectory(reference, cache) : { directory: reference, id: reference, parameters: 0 };
  env.allowRemoteModels = !local;
  env.cacheDir = path.join(cache, 'hub');
  if (local) env.localModelPath = `${path.dirname(prepared.directory)}${path.sep}`;
  const name = local ? path.basename(prepared.directory) : reference;
  try {
    const tokenizer = await AutoTokenizer.from_pretrained(name, { local_files_only: local });
    const model = await AutoModelForCausalLM.from_pretrained(name, { local_files_only: local, dtype: 'fp32', device: 'cpu' });
    return { id: prepared.id, parameters: prepared.parameters, model, tokenizer };
  } catch (cause) {
    if (isAdloomError(cause)) throw cause;
    throw new AdloomError(local ? 'MODEL_INVALID' : 'MODEL_UNAVAILABLE', `The model ${reference} could not be loaded: ${messageOf(cause)}`, {
      hint: local ? 'Check that the directory holds config.json, tokenizer.json and model.safetensors of one model.' : 'Check the name and the network, or give a directory.',
      cause,
    });
  }
}

/** A directory that transformers.js can run: as it is where it has ONNX files, else a copy with the file that we make from its weights. */
async function prepareDirectory(directory: string, cache: string): Promise<{ directory: string; id: string; parameters: number }> {
  const source = path.resolve(directory);
  const has = (file: string): Promise<boolean> => access(path.join(source, file)).then(() => true, () => false);
  if (!(await has('config.json'))) throw new AdloomError('MODEL_UNAVAILABLE', `${directory} has no config.json.`, { field: 'config.json', hint: 'Give a directory in Hugging Face layout.' });
  if ((await has('onnx/model.onnx')) && !(await has('model.safetensors'))) return { directory: source, id: path.basename(source), parameters: 0 };
  const id = shortId(await directoryContentHash(source));
  const { config, tensors } = await readGpt2Directory(source, { head: 'language-model' });
  requireFinite(tensors);
  requireFit(await openBpeTokenizer(source), config.vocabulary);
  const parameters = [...tensors.values()].reduce((sum, t) => sum + t.data.length, 0);
  const target = path.resolve(cache, `writer-${id}`);
  if (!existsSync(path.join(target, 'onnx', 'model.onnx'))) {
    await mkdir(path.join(target, 'onnx'), { recursive: true });
    for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'generation_config.json']) {
      if (await has(file)) await copyFile(path.join(source, file), path.join(target, file));
    }
    // The library reads both files of a tokenizer; older directories have one.
    if (!(await has('tokenizer_config.json'))) await writeFile(path.join(target, 'tokenizer_config.json'), '{"tokenizer_class":"GPT2Tokenizer"}\n');
    const temporary = path.join(target, 'onnx', `model.${process.pid}.tmp`);
    await writeFile(temporary, languageModelGraph(config, new Map(tensors)));
    await rename(temporary, path.join(target, 'onnx', 'model.onnx'));
  }
  return { directory: target, id, parameters };
}

/** Hands every row's logits of a step to `choose`, which answers the token that must come next. */
export class ChosenTokens extends LogitsProcessor {
  constructor(private readonly choose: (row: number, logits: Float32Array) => number) {
    super();
  }

  override _call(ids: bigint[][], logits: Tensor): Tensor {
    const V = logits.dims.at(-1)!;
    const data = logits.data as Float32Array;
    for (let row = 0; row < ids.length; row++) {
      const mine = data.subarray(row * V, (row + 1) * V);
      const token = this.choose(row, mine);
      mine.fill(-Infinity);
      mine[token] = 0;
    }
    return logits;
  }
}

export function processorList(processor: LogitsProcessor): LogitsProcessorList {
  const list = new LogitsProcessorList();
  list.push(processor);
  return list;
}
