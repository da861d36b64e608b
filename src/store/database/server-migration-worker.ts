/** Thread entry: applies the pending migrations to a server while every other process that would do so waits. */
import { parentPort, workerData } from 'node:worker_threads';
import { Client, Pool } from 'pg';
import { toStoreError } from '../store-error';
import { applyMigrations } from './migrate';
import { readMigrations } from './migration-files';
import { serverAdapter } from './server-adapter';
import type { ServerMigrationData, ServerMigrationMessage } from './server-migration';

/** Any number that is ours alone. Not Prisma's own (72707369), which the engine takes by itself. */
const ADVISORY_LOCK = 4_101_202_611;
const LOCK_TIMEOUT = '120s';

async function migrate({ databaseUrl, migrationsDirectory }: ServerMigrationData): Promise<readonly string[]> {
  // The lock belongs to a session, so it has a connection to itself; ending that releases it in every case.
  const lock = new Client({ connectionString: databaseUrl, application_name: 'adloom migration' });
  // One connection: what the engine sets and locks on it then holds for all it does.
  const pool = new Pool({ connectionString: databaseUrl, max: 1, application_name: 'adloom migration' });
  pool.on('error', () => {});
  lock.on('error', () => {});
  try {
    await lock.connect();
    await lock.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    await lock.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    return await applyMigrations(serverAdapter(pool), migrationsDirectory, readMigrations(migrationsDirectory));
  } finally {
    await Promise.allSettled([pool.end(), lock.end()]);
  }
}

migrate(workerData as ServerMigrationData).then(
  (migrated) => report({ kind: 'done', migrated }),
  (error: unknown) => {
    const { code, message, hint } = toStoreError(error);
    report({ kind: 'failed', code, message, hint });
  },
);

function report(message: ServerMigrationMessage): void {
  parentPort!.postMessage(message);
}
