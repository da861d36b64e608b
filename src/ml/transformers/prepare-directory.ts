/** A GPT-2 directory checked whole, and the copy of it that transformers.js can read. */
import { access, copyFile, rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AdloomError } from '../../base/errors';
import { makeDirectory } from '../../base/make-directory';
import { languageModelGraph } from '../gpt2/inference-graphs';
import type { Weights } from '../gpt2/parameters';
import { directoryContentHash, shortId } from '../weights/content-hash';
import type { HfGpt2Config } from '../weights/hf-config';
import { readGpt2Directory } from '../weights/hf-directory';
import { requireFinite } from '../weights/require-finite';
import { requireGraphFit } from '../weights/require-graph-fit';
import { openBpeTokenizer, requireFit } from '../tokenizer/bpe';

export interface PreparedDirectory {
  id: string;
  /** Holds what the library reads: the directory itself where it came with ONNX files, else a copy, kept by content. */
  directory: string;
  /** Of a GPT-2 with weights of its own. */
  gpt2?: { config: HfGpt2Config; weights: Weights; parameters: number };
}

/** @throws MODEL_UNAVAILABLE, MODEL_INVALID: the library's own errors name neither file nor mend */
export async function prepareDirectory(directory: string, cache: string): Promise<PreparedDirectory> {
  const source = path.resolve(directory);
  const has = (file: string): Promise<boolean> => access(path.join(source, file)).then(() => true, () => false);
  if (!(await has('config.json'))) throw new AdloomError('MODEL_UNAVAILABLE', `${directory} has no config.json.`, { field: 'config.json', hint: 'Give a directory in Hugging Face layout.' });
  if ((await has('onnx/model.onnx')) && !(await has('model.safetensors'))) return { directory: source, id: path.basename(source) };
  const id = shortId(await directoryContentHash(source));
  const { config, tensors } = await readGpt2Directory(source, { head: 'language-model' });
  const parameters = [...tensors.values()].reduce((sum, t) => sum + t.data.length, 0);
  requireGraphFit(parameters);
  requireFinite(tensors);
  requireFit(await openBpeTokenizer(source), config.vocabulary);
  const target = path.resolve(cache, `writer-${id}`);
  await makeDirectory(target);
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'generation_config.json']) {
    if (!existsSync(path.join(target, file)) && (await has(file))) await copyFile(path.join(source, file), path.join(target, file));
  }
  // The library reads both files of a tokenizer; older directories have one.
  const settings = path.join(target, 'tokenizer_config.json');
  if (!existsSync(settings)) await writeFile(settings, '{"tokenizer_class":"GPT2Tokenizer"}\n');
  return { directory: target, id, gpt2: { config, weights: new Map(tensors), parameters } };
}

/** The ONNX file that the library runs, made from the weights where the directory came without one. */
export async function prepareGraph({ directory, gpt2 }: PreparedDirectory): Promise<void> {
  const file = path.join(directory, 'onnx', 'model.onnx');
  if (!gpt2 || existsSync(file)) return;
  await makeDirectory(path.dirname(file));
  const temporary = path.join(path.dirname(file), `model.${process.pid}.tmp`);
  await writeFile(temporary, languageModelGraph(gpt2.config, gpt2.weights));
  await rename(temporary, file);
}
