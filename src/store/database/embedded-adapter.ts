import type { PGlite } from '@electric-sql/pglite';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { prepareStatements } from './prepared-statements';
import { scriptError } from './script-error';

/**
 * The conversions of `pglite-prisma-adapter` over statements that are prepared once. Its own ways with scripts and transactions are not
 * used: its `executeScript` resolves before the script has run, its `commit` even when the COMMIT failed (a full disk, for one).
 * One session: a transaction holds it until it ends, all else waits in line.
 */
export function embeddedAdapter(client: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const statements = prepareStatements(client);
  const inLine = queue();
  const plain = new PrismaPGlite({ query: statements.query } as unknown as PGlite);
  return {
    provider: plain.provider,
    adapterName: plain.adapterName,
    connectToShadowDb: () => plain.connectToShadowDb(),
    async connect() {
      // Asked before it is ready it would spin for ever.
      await client.waitReady;
      const inner = await plain.connect();
      const adapter: SqlDriverAdapter = {
        provider: inner.provider,
        adapterName: inner.adapterName,
        queryRaw: (query) => inLine(() => inner.queryRaw(query)),
        executeRaw: (query) => inLine(() => inner.executeRaw(query)),
        executeScript: (script) =>
          inLine(async () => {
            await client.exec(script).catch((error: unknown) => {
              throw scriptError(error);
            });
            await statements.forget();
          }),
        startTransaction: () => startTransaction(inner, inLine),
        getConnectionInfo: () => inner.getConnectionInfo?.() ?? { supportsRelationJoins: true },
        dispose: () => inner.dispose(),
      };
      return adapter;
    },
  };
}

type InLine = <T>(work: () => Promise<T>) => Promise<T>;

/** Each waits until all before it have ended, however they ended. */
function queue(): InLine {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
}

/** Resolves when it is its turn and has begun; the others wait until it ends. */
async function startTransaction(session: SqlDriverAdapter, inLine: InLine): Promise<Transaction> {
  const say = (sql: string): Promise<unknown> => session.executeRaw({ sql, args: [], argTypes: [] });
  let release!: () => void;
  const ended = new Promise<void>((resolve) => (release = resolve));
  await new Promise<void>((begun, failed) => {
    void inLine(() => say('BEGIN').then(() => (begun(), ended), failed));
  });
  return {
    provider: session.provider,
    adapterName: session.adapterName,
    // Prisma must not send BEGIN and COMMIT itself.
    options: { usePhantomQuery: true },
    queryRaw: (query) => session.queryRaw(query),
    executeRaw: (query) => session.executeRaw(query),
    commit: () => say('COMMIT').then(release, (error: unknown) => say('ROLLBACK').catch(() => {}).then(() => {
      release();
      throw error;
    })),
    rollback: () => say('ROLLBACK').then(release, (error: unknown) => {
      release();
      throw error;
    }),
  };
}
