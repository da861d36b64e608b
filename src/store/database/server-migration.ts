import { Worker } from 'node:worker_threads';
import { AdloomError, type ErrorCode } from '../../base/errors';
import { workerEntry } from '../../base/worker-entry';

export interface ServerMigrationData {
  readonly databaseUrl: string;
  readonly migrationsDirectory: string;
}

export type ServerMigrationMessage =
  | { readonly kind: 'done'; readonly migrated: readonly string[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string | undefined };

/** Migrates in a thread that ends afterwards, so that the schema engine costs the program neither memory nor pauses. */
export async function migrateServer(data: ServerMigrationData): Promise<readonly string[]> {
  const worker = new Worker(workerEntry(__dirname, 'server-migration-worker'), { workerData: data });
  try {
    const message = await new Promise<ServerMigrationMessage>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the migration thread ended early (exit ${code})`)));
    });
    if (message.kind === 'done') return message.migrated;
    throw new AdloomError(message.code as ErrorCode, message.message, { hint: message.hint });
  } finally {
    await worker.terminate();
  }
}
