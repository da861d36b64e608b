import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { Pool } from 'pg';
import { scriptError } from './script-error';

/**
 * The adapter of `@prisma/adapter-pg` with scripts sent whole: it cuts them at every semicolon, also inside strings and
 * function bodies. Sent whole, PostgreSQL runs a script as one transaction, so that a migration happens or does not.
 */
export function serverAdapter(pool: Pool): SqlMigrationAwareDriverAdapterFactory {
  const plain = new PrismaPg(pool);
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
          await pool.query(script).catch((error: unknown) => {
            throw scriptError(error);
          });
        },
        startTransaction: (isolation) => inner.startTransaction(isolation),
        getConnectionInfo: () => inner.getConnectionInfo(),
        dispose: () => inner.dispose(),
      };
      return adapter;
    },
  };
}
