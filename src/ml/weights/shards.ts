import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord, modelInvalid } from './safetensors-header';

/** Which weight files a directory has: `model.safetensors`, or the shards that `model.safetensors.index.json` lists. */
export const SINGLE_FILE = 'model.safetensors';
export const INDEX_FILE = 'model.safetensors.index.json';

export interface Shards {
  readonly files: readonly string[];
  /** The file that a missing tensor should have been named in. */
  readonly where: string;
}

/** A single file wins over an index, as in the Hugging Face libraries. */
export async function shardsOf(directory: string, readText: (directory: string, file: string) => Promise<string>): Promise<Shards> {
  const single = await exists(join(directory, SINGLE_FILE));
  if (single || !(await exists(join(directory, INDEX_FILE)))) return { files: [SINGLE_FILE], where: SINGLE_FILE };
  let index: unknown;
  try {
    index = JSON.parse(await readText(directory, INDEX_FILE));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw modelInvalid(INDEX_FILE, 'it is not valid JSON.', undefined, cause);
  }
  const map = isRecord(index) ? index['weight_map'] : undefined;
  if (!isRecord(map)) throw modelInvalid(INDEX_FILE, 'it must hold a weight_map object of tensor to file.');
  const files = new Set<string>();
  for (const [tensor, file] of Object.entries(map)) {
    // A name with a path in it could read any file of the machine.
    if (typeof file !== 'string' || !/^[\w][\w.-]*\.safetensors$/.test(file)) {
      throw modelInvalid(INDEX_FILE, `weight_map.${tensor} must name a .safetensors file of this directory, but is ${JSON.stringify(file)}.`);
    }
    files.add(file);
  }
  if (files.size === 0) throw modelInvalid(INDEX_FILE, 'its weight_map is empty.');
  return { files: [...files].sort(), where: INDEX_FILE };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
