import path from 'node:path';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import { makeDirectory } from '../../base/make-directory';
import { toStoreError } from '../store-error';
import type { StoreOptions } from '../store';
import type { Database } from './database';
import { lockDirectory, type DirectoryLock } from './directory-lock';
import { superviseEmbedded } from './embedded-supervisor';
import { MIGRATIONS_DIRECTORY } from './migration-files';

/** Where in the data directory the database cluster lies. */
export const CLUSTER_DIRECTORY = 'postgres';

/** PostgreSQL as WebAssembly, on disk, owned by this process until it is closed. */
export async function openEmbedded(
  options: Pick<StoreOptions, 'dataDir' | 'clock' | 'logger'> & { readonly migrationsDirectory?: string },
): Promise<Database> {
  const dataDir = path.resolve(options.dataDir);
  const lock = await locked(dataDir, options);
  try {
    const data = { directory: path.join(dataDir, CLUSTER_DIRECTORY), migrationsDirectory: options.migrationsDirectory ?? MIGRATIONS_DIRECTORY };
    const embedded = await superviseEmbedded(data, options.logger);
    if (embedded.migrated.length > 0) options.logger.info('migrations applied', { count: embedded.migrated.length, last: embedded.migrated.at(-1) });
    return {
      description: { kind: 'embedded', detail: `PostgreSQL ${embedded.version} embedded, in ${dataDir}` },
      adapters: embedded.adapters,
      async close() {
        await embedded.close().finally(() => lock.release());
      },
    };
  } catch (error) {
    lock.release();
    throw explained(error, dataDir);
  }
}

async function locked(dataDir: string, { clock }: Pick<StoreOptions, 'clock'>): Promise<DirectoryLock> {
  try {
    await makeDirectory(dataDir).catch((error: Error) => {
      // The system's word: what it means for a database is said better here.
      throw error.cause ?? error;
    });
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
