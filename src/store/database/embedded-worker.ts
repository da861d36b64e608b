/**
 * Thread entry. The embedded database is WebAssembly and runs every statement to its end, blocking its thread: here that
 * thread serves nothing else. It opens the database, brings the tables up to date, then answers one message per request.
 */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { isDriverAdapterError, type SqlDriverAdapter, type Transaction } from '@prisma/driver-adapter-utils';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import { embeddedAdapter } from './embedded-adapter';
import type { EmbeddedFailure, EmbeddedMessage, EmbeddedReply, EmbeddedRequest, EmbeddedWorkerData } from './embedded-protocol';
import { applyMigrations } from './migrate';
import { readMigrations } from './migration-files';
import { SESSION_SETTINGS } from './session-settings';

const port = parentPort!;
const { directory, migrationsDirectory } = workerData as EmbeddedWorkerData;
const send = (message: EmbeddedMessage): void => port.postMessage(message);

/** PostgreSQL's major version in this PGlite; its files are not those of another. */
const MAJOR = '17';

async function start(): Promise<void> {
  const database = await openCluster();
  const adapters = embeddedAdapter(database);
  const migrated = await applyMigrations(adapters, migrationsDirectory, readMigrations(migrationsDirectory));
  const adapter = await adapters.connect();
  const [[version] = []] = (await adapter.queryRaw({ sql: 'SHOW server_version', args: [], argTypes: [] })).rows;
  const answer = answering(adapter, database);
  port.on('message', ({ id, request }: { id: number; request: EmbeddedRequest }) => {
    answer(request).then(
      (value) => send({ kind: 'reply', id, value }),
      (error: unknown) => send({ kind: 'error', id, error: asData(error) }),
    );
  });
  send({ kind: 'ready', version: String(version), migrated });
}

/** A new cluster is made beside its place and moved there whole: a start that was killed half-way leaves nothing behind. */
async function openCluster(): Promise<PGlite> {
  if (!existsSync(path.join(directory, 'PG_VERSION'))) {
    const making = `${directory}.new`;
    rmSync(making, { recursive: true, force: true });
    try {
      const fresh = await opened(making);
      await fresh.close();
    } catch (error) {
      // On a full disk what was made so far is best given back.
      rmSync(making, { recursive: true, force: true });
      throw error;
    }
    renameSync(making, directory);
  }
  const major = readFileSync(path.join(directory, 'PG_VERSION'), 'utf8').trim();
  if (major !== MAJOR) {
    throw new AdloomError('STORE_NEWER', `The embedded database in ${directory} is of PostgreSQL ${major}; this Adloom embeds ${MAJOR}.`, {
      hint: 'Start the version of Adloom that made it, or use another data directory.',
    });
  }
  return opened(directory);
}

async function opened(where: string): Promise<PGlite> {
  const database = new PGlite(where);
  await database.waitReady;
  await database.exec(SESSION_SETTINGS);
  return database;
}

function answering(adapter: SqlDriverAdapter, database: PGlite): (request: EmbeddedRequest) => Promise<EmbeddedReply> {
  const transactions = new Map<number, Transaction>();
  let begun = 0;
  const on = (id: number | undefined): SqlDriverAdapter | Transaction => {
    if (id === undefined) return adapter;
    const transaction = transactions.get(id);
    if (!transaction) throw new Error(`Transaction ${id} has ended.`);
    return transaction;
  };
  return async (request) => {
    switch (request.op) {
      case 'query':
        return on(request.transaction).queryRaw(request.query);
      case 'execute':
        return on(request.transaction).executeRaw(request.query);
      case 'script':
        await adapter.executeScript(request.script);
        return undefined;
      case 'begin': {
        const transaction = await adapter.startTransaction();
        transactions.set(++begun, transaction);
        return begun;
      }
      case 'commit':
      case 'rollback': {
        const transaction = on(request.transaction) as Transaction;
        transactions.delete(request.transaction);
        await transaction[request.op]();
        return undefined;
      }
      case 'close':
        await database.close();
        return undefined;
    }
  };
}

/** File errors inside WebAssembly are numbered by WASI, and are no instances of Error. */
const WEBASSEMBLY_ERRNO: Readonly<Record<number, string>> = { 2: 'EACCES', 19: 'EDQUOT', 51: 'ENOSPC', 69: 'EROFS' };

function asData(error: unknown): EmbeddedFailure {
  if (isAdloomError(error)) return { kind: 'coded', code: error.code, message: error.message, ...(error.hint ? { hint: error.hint } : {}) };
  if (isDriverAdapterError(error)) return { kind: 'driver', cause: structuredClone(error.cause) };
  const { code, errno, severity } = (error ?? {}) as { code?: unknown; errno?: unknown; severity?: unknown };
  const known = typeof code === 'string' ? code : WEBASSEMBLY_ERRNO[Number(errno)];
  if (known) return { kind: 'driver', cause: { kind: 'system', code: known, severity, message: error instanceof Error ? error.message : known } };
  return { kind: 'other', message: messageOf(error) };
}

start().catch((error: unknown) => send({ kind: 'failed', error: asData(error) }));
