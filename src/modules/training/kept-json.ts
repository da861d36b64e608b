import { readFile } from 'node:fs/promises';
import { withStagedFiles } from '../../ml/weights/staged-files';

/**
 * What a run works out once and goes on from after a stop: read where it is kept, else made and kept, whole or not at all. What is not
 * whole, as after a machine that lost its power, or is not `valid` is made anew.
 */
export async function keptJson<T>(file: string, { make, valid = () => true }: { make: () => Promise<T>; valid?: (kept: T) => boolean }): Promise<T> {
  const kept = await readFile(file, 'utf8').then((text) => JSON.parse(text) as T).catch(() => undefined);
  if (kept !== undefined && valid(kept)) return kept;
  const made = await make();
  await withStagedFiles((files) => files.add(file, [`${JSON.stringify(made, null, 2)}\n`]));
  return made;
}
