import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import { toStoreError } from '../store-error';
import type { StoreOptions } from '../store';
import type { Database } from './database';
import { lockDirectory, type DirectoryLock } from './directory-lock';
import { startEmbeddedThread } from './embedded-thread';
import { MIGRATIONS_DIRECTORY } from './migration-files';

/** Where in the data directory the database cluster lies. */
export const CLUSTER_DIRECTORY = 'postgres';

/** PostgreSQL as WebAssembly, on disk, owned by this process until it is closed. */
export async function openEmbedded(
  options: Pick<StoreOptions, 'dataDir' | 'clock' | 'logger'> & { readonly migrationsDirectory?: string },
): Promise<Database> {
  const dataDir = path.resolve(options.dataDir);
  const lock = locked(dataDir, options);
  try {
    const thread = await startEmbeddedThread({
      directory: path.join(dataDir, CLUSTER_DIRECTORY),
      migrationsDirectory: options.migrationsDirectory ?? MIGRATIONS_DIRECTORY,
    });
    if (thread.migrated.length > 0) options.logger.info('migrations applied', { count: thread.migrated.length, last: thread.migrated.at(-1) });
    return {
      description: { kind: 'embedded', detail: `PostgreSQL ${thread.version} embedded, in ${dataDir}` },
      adapters: thread.adapters,
      async close() {
        await thread.close().finally(() => lock.release());
      },
    };
  } catch (error) {
    lock.release();
    throw explained(error, dataDir);
  }
}

function locked(dataDir: string, { clock }: Pick<StoreOptions, 'clock'>): DirectoryLock {
  try {
    mkdirSync(dataDir, { recursive: true });
    return lockDirectory(dataDir, clock);
  } catch (error) {
    throw explained(error, dataDir);
  }
}

function explained(error: unknown, dataDir: string): AdloomError {
  if (isAdloomError(error)) return error;
  const mapped = toStoreError(error);
  if (mapped.code !== 'INTERNAL') return mapped;
  return new AdloomError('STORE_UNAVAILABLE', `The embedded database in ${dataDir} does not open: ${messageOf(error)}.`, {
    hint: 'Check that the directory can be written. If its files were damaged, restore them from a copy or move the directory away to begin anew.',
    cause: error,
  });
}
