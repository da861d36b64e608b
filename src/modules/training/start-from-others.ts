import path from 'node:path';
import { existsSync } from 'node:fs';
import { isAdloomError } from '../../base/errors';
import { createRng } from '../../base/rng';
import { newAdapter, type Adapter } from '../../ml/lora/adapter';
import { readAdapterDirectory, writeAdapterDirectory, type AdapterBase } from '../../ml/lora/adapter-directory';
import { loraSites } from '../../ml/lora/sites';
import { meanWords } from '../../ml/lora/words';
import { NO_LAYERS } from './adapter-recipe';

/**
 * Writes the adapter that a log's words begin at: the mean of what other logs' adapters learnt of words. Adapters whose layers learnt
 * are passed over, for their words count beside those layers alone, and so are those that cannot be read over this base: a start is a help, no need.
 * Written once: a run that resumes begins where it began.
 * @returns `directory`; undefined where nothing can be begun at
 */
export async function startFromOthers(others: readonly string[], base: AdapterBase, { directory, name }: { directory: string; name: string }): Promise<string | undefined> {
  if (existsSync(path.join(directory, 'adapter_config.json'))) return directory;
  const words = (await Promise.all(others.map((each) => wordsOnly(each, base)))).flatMap((adapter) => adapter?.words ?? []);
  if (words.length === 0) return undefined;
  const start: Adapter = { ...newAdapter(loraSites(NO_LAYERS, base.config), createRng(0)), words: meanWords(words) };
  await writeAdapterDirectory(directory, start, { base: { hash: base.hash, name }, dropout: 0 });
  return directory;
}

async function wordsOnly(directory: string, base: AdapterBase): Promise<Adapter | undefined> {
  try {
    const adapter = await readAdapterDirectory(directory, base);
    const still = [...adapter.weights].every(([name, { data }]) => name.endsWith('lora_A') || (name.endsWith('lora_B') && data.every((value) => value === 0)));
    return still ? adapter : undefined;
  } catch (error) {
    if (isAdloomError(error)) return undefined;
    throw error;
  }
}
