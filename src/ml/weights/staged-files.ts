import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from '../../base/make-directory';
import { writeError } from '../../base/write-error';

/**
 * Files that appear together or not at all: each is written beside its target under a temporary name and synced; `commit`
 * renames them all. A reader never sees half a file, and after a failure (a full disk) the targets are as before.
 */
export interface StagedFiles {
  /** Writes the chunks to a temporary file beside `path`. */
  add(path: string, chunks: Iterable<Uint8Array | string>): Promise<void>;
}

let counter = 0;

export async function withStagedFiles(write: (files: StagedFiles) => Promise<void>): Promise<void> {
  const staged: { temporary: string; path: string }[] = [];
  try {
    await write({
      async add(path, chunks) {
        await makeDirectory(dirname(path));
        const { handle, temporary } = await openTemporary(path);
        staged.push({ temporary, path });
        try {
          for (const chunk of chunks) await writeAll(handle, chunk);
          await handle.sync();
        } finally {
          await handle.close();
        }
      },
    });
    for (const { temporary, path } of staged) await rename(temporary, path);
  } catch (error) {
    for (const { temporary } of staged) await rm(temporary, { force: true });
    throw writeError(error, staged.at(-1)?.path ?? 'a file');
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array | string): Promise<void> {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(bytes.byteLength - done, 1 << 26));
    done += bytesWritten;
  }
}

/** Exclusive creation: two writers, or a temporary file left by a crash, never share a name. */
async function openTemporary(path: string): Promise<{ handle: FileHandle; temporary: string }> {
  for (;;) {
    const temporary = `${path}.${process.pid}-${counter++}.tmp`;
    try {
      return { handle: await open(temporary, 'wx'), temporary };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
