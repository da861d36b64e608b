import { Worker } from 'node:worker_threads';
import { DriverAdapterError, type SqlDriverAdapter, type SqlMigrationAwareDriverAdapterFactory, type SqlQueryable, type SqlResultSet } from '@prisma/driver-adapter-utils';
import { AdloomError, bug, type ErrorCode } from '../../base/errors';
import { workerEntry } from '../../base/worker-entry';
import type { EmbeddedFailure, EmbeddedMessage, EmbeddedReply, EmbeddedRequest, EmbeddedWorkerData } from './embedded-protocol';

/** The program's end of the thread that the embedded database runs in. */
export interface EmbeddedThread {
  readonly version: string;
  readonly migrated: readonly string[];
  readonly adapters: SqlMigrationAwareDriverAdapterFactory;
  close(): Promise<void>;
}

interface Waiting {
  resolve(value: EmbeddedReply): void;
  reject(error: unknown): void;
}

/** Resolves when the database is open and its tables are up to date. */
export async function startEmbeddedThread(data: EmbeddedWorkerData): Promise<EmbeddedThread> {
  const worker = new Worker(workerEntry(__dirname, 'embedded-worker'), { workerData: data });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let gone: unknown;

  const end = (error: unknown): void => {
    gone ??= error;
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  };
  const ask = (request: EmbeddedRequest): Promise<EmbeddedReply> =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(gone);
      // Only an unanswered request keeps the program from ending.
      if (waiting.size === 0) worker.ref();
      waiting.set(++asked, { resolve, reject });
      worker.postMessage({ id: asked, request });
    });

  const ready = new Promise<Extract<EmbeddedMessage, { kind: 'ready' }>>((resolve, reject) => {
    worker.on('message', (message: EmbeddedMessage) => {
      if (message.kind === 'ready') return resolve(message);
      if (message.kind === 'failed') return reject(asError(message.error));
      const waiter = waiting.get(message.id);
      waiting.delete(message.id);
      if (waiting.size === 0) worker.unref();
      if (message.kind === 'reply') waiter?.resolve(message.value);
      else waiter?.reject(asError(message.error));
    });
    const died = (error: unknown): void => {
      end(error);
      reject(error);
    };
    worker.on('error', (error) => died(stopped(error)));
    worker.on('exit', (code) => died(stopped(`exit ${code}`)));
  });

  try {
    const { version, migrated } = await ready;
    worker.unref();
    return {
      version,
      migrated,
      adapters: adaptersOver(ask),
      async close() {
        if (gone !== undefined) return;
        // The files are closed when it has answered; the thread itself may have timers of its libraries to sit out.
        await ask({ op: 'close' }).finally(() => worker.terminate());
      },
    };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

function adaptersOver(ask: (request: EmbeddedRequest) => Promise<EmbeddedReply>): SqlMigrationAwareDriverAdapterFactory {
  const info = { provider: 'postgres', adapterName: 'adloom-embedded' } as const;
  const queries = (scope: { transaction?: number }): SqlQueryable => ({
    ...info,
    queryRaw: async (query) => (await ask({ op: 'query', query, ...scope })) as SqlResultSet,
    executeRaw: async (query) => (await ask({ op: 'execute', query, ...scope })) as number,
  });
  const adapter: SqlDriverAdapter = {
    ...queries({}),
    async executeScript(script) {
      await ask({ op: 'script', script });
    },
    async startTransaction() {
      const transaction = (await ask({ op: 'begin' })) as number;
      return {
        ...queries({ transaction }),
        options: { usePhantomQuery: true },
        async commit() {
          await ask({ op: 'commit', transaction });
        },
        async rollback() {
          await ask({ op: 'rollback', transaction });
        },
      };
    },
    getConnectionInfo: () => ({ supportsRelationJoins: true }),
    // The thread outlives the client; it is ended by close().
    dispose: async () => {},
  };
  return {
    ...info,
    connect: async () => adapter,
    connectToShadowDb: () => Promise.reject(bug('The embedded database has no shadow.')),
  };
}

function asError(failure: EmbeddedFailure): Error {
  switch (failure.kind) {
    case 'driver':
      return new DriverAdapterError(failure.cause as ConstructorParameters<typeof DriverAdapterError>[0]);
    case 'coded':
      return new AdloomError(failure.code as ErrorCode, failure.message, { hint: failure.hint });
    case 'other':
      return new Error(failure.message);
  }
}

function stopped(why: unknown): AdloomError {
  return new AdloomError('STORE_UNAVAILABLE', `The embedded database has stopped (${why instanceof Error ? why.message : String(why)}).`, {
    hint: 'Start again: what was committed is kept.',
    cause: why,
  });
}
