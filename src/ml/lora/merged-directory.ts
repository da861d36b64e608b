/** Writes base and adapter as one plain Hugging Face directory, which those who know no adapters can load. */
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AdloomError, badInput } from '../../base/errors';
import { makeDirectory } from '../../base/make-directory';
import type { Weights } from '../gpt2/parameters';
import { readGpt2Directory, writeGpt2Directory } from '../weights/hf-directory';
import { floatTensor } from '../weights/tensor';
import type { Adapter } from './adapter';
import { mergeAdapter } from './merge';
import type { AdaptedHead } from './peft-config';

/** Files beside the model that decide its numbers; those of the adapter stand before those of the base. */
const BESIDE = /^(ranker|calibration|generation_config)\.json$|^(wide|grams)\.safetensors$/;
const TOKENIZER = ['tokenizer.json', 'tokenizer_config.json'];

/**
 * @param options.head what the base is for; a classifier unless told
 * @param options.adapterDirectory whose `calibration.json`, if any, is taken
 * @param options.files further files, such as what a guard must know of the model
 * @throws BAD_INPUT where the output is the base; DISK_FULL
 */
export async function writeMergedDirectory(baseDirectory: string, adapter: Adapter, output: string, options: { head?: AdaptedHead; adapterDirectory?: string; files?: Readonly<Record<string, string | Uint8Array>> } = {}): Promise<void> {
  if (path.resolve(baseDirectory) === path.resolve(output)) throw badInput('output', 'The merged model would overwrite its base.', 'Give another directory.');
  if (adapter.words) {
    throw new AdloomError('ADAPTER_INVALID', 'An adapter with words of its own cannot be merged: behind a prefix they count in full, a base\'s do not.', { field: 'words', hint: 'Serve it over its base, or merge one that was trained by its layers.' });
  }
  const { config, head, tensors, extras } = await readGpt2Directory(baseDirectory, { head: options.head ?? 'classifier' });
  const base: Weights = new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }]));
  const merged = mergeAdapter(base, adapter);
  const texts: Record<string, string> = {};
  for (const name of TOKENIZER) if (existsSync(path.join(baseDirectory, name))) texts[name] = await readFile(path.join(baseDirectory, name), 'utf8');
  const all = new Map([...extras, ...[...merged].map(([name, { shape, data }]) => [name, floatTensor(shape, data)] as const)]);
  await makeDirectory(output);
  for (const directory of [baseDirectory, options.adapterDirectory]) {
    if (directory === undefined) continue;
    for (const name of await readdir(directory)) if (BESIDE.test(name)) await copyFile(path.join(directory, name), path.join(output, name));
  }
  // 32 bits whatever the base was stored in: what an adapter adds is small beside what it is added to.
  await writeGpt2Directory(output, { config, head, tensors: all, tokenizer: { files: texts }, files: options.files }, { storage: 'F32' });
}
