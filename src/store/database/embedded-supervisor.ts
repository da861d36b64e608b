import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory, SqlQueryable, SqlResultSet } from '@prisma/driver-adapter-utils';
import { AdloomError, bug, isAdloomError, messageOf } from '../../base/errors';
import type { Logger } from '../../base/logger';
import { throughPrisma, toStoreError } from '../store-error';
import type { EmbeddedReply, EmbeddedRequest, EmbeddedWorkerData } from './embedded-protocol';
import { startEmbeddedThread, type EmbeddedThread } from './embedded-thread';

/** The embedded database as the program sees it: threads may die, this stays. */
export interface EmbeddedDatabase {
  readonly version: string;
  readonly migrated: readonly string[];
  readonly adapters: SqlMigrationAwareDriverAdapterFactory;
  close(): Promise<void>;
}

/**
 * Starts the thread, and a new one when it has died: PostgreSQL panics when it cannot write its log (a full disk), and the
 * embedded one does not come back from that by itself. A new start replays the log: what was committed is kept.
 */
export async function superviseEmbedded(data: EmbeddedWorkerData, logger: Logger): Promise<EmbeddedDatabase> {
  let closed = false;
  let death: AdloomError | undefined;
  const begin = (): { thread: Promise<EmbeddedThread>; dead: boolean } => {
    const thread = startEmbeddedThread(data, (why) => {
      // That a failed start ends its thread is no news.
      if (state.live) death = why;
      state.dead = true;
    });
    const state = { live: false, dead: false, thread };
    thread.then(
      () => (state.live = true),
      () => (state.dead = true),
    );
    return state;
  };
  let present = begin();
  const { version, migrated } = await present.thread;

  const current = (): Promise<EmbeddedThread> => {
    if (closed) return Promise.reject(new AdloomError('STORE_UNAVAILABLE', 'The embedded database is closed.', { hint: 'Start the program again.' }));
    if (present.dead) {
      logger.warn('the embedded database died and is opened again');
      present = begin();
    }
    return present.thread.catch((error: unknown) => {
      throw notAgain(error, death);
    });
  };
  return {
    version,
    migrated,
    adapters: adaptersOver(current),
    async close() {
      closed = true;
      if (!present.dead) await (await present.thread).close();
    },
  };
}

/** It died and does not start: what killed it most often stands in the way still, and says more than the failed start. */
function notAgain(error: unknown, death: AdloomError | undefined): AdloomError {
  const mapped = toStoreError(error);
  if (mapped.code !== 'INTERNAL') return mapped;
  return new AdloomError(death?.code ?? 'STORE_UNAVAILABLE', `The embedded database does not open again (${messageOf(error)}). ${death?.message ?? ''}`.trim(), {
    hint: death?.code === 'DISK_FULL' ? death.hint : 'Start the program again, and see its log.',
    cause: error,
  });
}

function adaptersOver(current: () => Promise<EmbeddedThread>): SqlMigrationAwareDriverAdapterFactory {
  const info = { provider: 'postgres', adapterName: 'adloom-embedded' } as const;
  const asked = async (thread: () => Promise<EmbeddedThread>, request: EmbeddedRequest): Promise<EmbeddedReply> => {
    try {
      return await (await thread()).ask(request);
    } catch (error) {
      throw isAdloomError(error) ? throughPrisma(error) : error;
    }
  };
  const queries = (thread: () => Promise<EmbeddedThread>, scope: { transaction?: number }): SqlQueryable => ({
    ...info,
    queryRaw: async (query) => (await asked(thread, { op: 'query', query, ...scope })) as SqlResultSet,
    executeRaw: async (query) => (await asked(thread, { op: 'execute', query, ...scope })) as number,
  });
  const adapter: SqlDriverAdapter = {
    ...queries(current, {}),
    async executeScript(script) {
      await asked(current, { op: 'script', script });
    },
    async startTransaction() {
      // A transaction lives and dies with the thread that it began in.
      const thread = await current();
      const here = (): Promise<EmbeddedThread> => Promise.resolve(thread);
      const transaction = (await asked(here, { op: 'begin' })) as number;
      return {
        ...queries(here, { transaction }),
        options: { usePhantomQuery: true },
        async commit() {
          await asked(here, { op: 'commit', transaction });
        },
        async rollback() {
          await asked(here, { op: 'rollback', transaction });
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
