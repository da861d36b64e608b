import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeError } from './write-error';

/**
 * With the folders above it, one by one: where the system says that a folder is not there although it is, as /proc does, Node's own recursive
 * way never ends.
 * @throws BAD_INPUT, DISK_FULL
 */
export async function makeDirectory(directory: string): Promise<void> {
  const parent = path.dirname(directory);
  if (!existsSync(parent)) await makeDirectory(parent);
  try {
    await mkdir(directory);
  } catch (error) {
    if (!(await stat(directory).catch(() => null))?.isDirectory()) throw writeError(error, directory);
  }
}

/** Finds out before long work whether its results can go there, and leaves nothing behind. @throws BAD_INPUT, DISK_FULL */
export async function requireWritable(directory: string): Promise<void> {
  let nearest = path.resolve(directory);
  while (!existsSync(nearest)) nearest = path.dirname(nearest);
  try {
    await rmdir(await mkdtemp(path.join(nearest, '.writable-')));
  } catch (error) {
    throw writeError(error, directory);
  }
}
