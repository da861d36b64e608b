import type { PGlite, Transaction as PGliteTransaction } from '@electric-sql/pglite';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { scriptError } from './script-error';

/**
 * The adapter of `pglite-prisma-adapter` with two of its promises mended: `executeScript` resolves before the script has
 * run and loses its errors, and `commit` resolves when the COMMIT itself failed (a full disk, for one).
 */
export function embeddedAdapter(client: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const plain = new PrismaPGlite(client);
  return {
    provider: plain.provider,
    adapterName: plain.adapterName,
    connectToShadowDb: () => plain.connectToShadowDb(),
    async connect() {
      const inner = await plain.connect();
      const adapter: SqlDriverAdapter = {
        provider: inner.provider,
        adapterName: inner.adapterName,
        queryRaw: (query) => inner.queryRaw(query),
        executeRaw: (query) => inner.executeRaw(query),
        async executeScript(script) {
          await client.exec(script).catch((error: unknown) => {
            throw scriptError(error);
          });
        },
        startTransaction: () => startTransaction(client),
        getConnectionInfo: () => inner.getConnectionInfo?.() ?? { supportsRelationJoins: true },
        dispose: () => inner.dispose(),
      };
      return adapter;
    },
  };
}

/** A transaction of PGlite is a callback; of Prisma, an object. The callback waits until the object is told how to end. */
async function startTransaction(client: PGlite): Promise<Transaction> {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return new Promise<Transaction>((resolve, reject) => {
    const outcome = client.transaction(async (tx: PGliteTransaction) => {
      const queries = await new PrismaPGlite(tx as unknown as PGlite).connect();
      resolve({
        provider: queries.provider,
        adapterName: queries.adapterName,
        // Prisma must not send BEGIN and COMMIT itself: PGlite does.
        options: { usePhantomQuery: true },
        queryRaw: (query) => queries.queryRaw(query),
        executeRaw: (query) => queries.executeRaw(query),
        async commit() {
          end();
          await outcome;
        },
        async rollback() {
          if (!tx.closed) await tx.rollback();
          end();
          await outcome;
        },
      });
      await ended;
    });
    // Only what fails before the transaction began can still be reported here; later failures reach commit and rollback.
    outcome.catch(reject);
  });
}
