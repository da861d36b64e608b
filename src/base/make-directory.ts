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

/** Makes a directory where results of long work are to go, and finds out before the work whether they can. @throws BAD_INPUT, DISK_FULL */
export async function makeWritableDirectory(directory: string): Promise<void> {
  await makeDirectory(directory);
  try {
    await rmdir(await mkdtemp(path.join(directory, '.writable-')));
  } catch (error) {
    throw writeError(error, directory);
  }
}
