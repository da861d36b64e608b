import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory, SqlQueryable, Transaction } from '@prisma/driver-adapter-utils';

/** Counts the SQL statements that pass through an adapter; transaction control is not one. */
export interface StatementCounter {
  count: number;
}

const CONTROL = /^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET TRANSACTION)\b/i;

export function countStatements(factory: SqlMigrationAwareDriverAdapterFactory, counter: StatementCounter): SqlMigrationAwareDriverAdapterFactory {
  const queries = (inner: SqlQueryable): SqlQueryable => {
    const seen = (sql: string): void => {
      if (!CONTROL.test(sql)) counter.count++;
    };
    return {
      provider: inner.provider,
      adapterName: inner.adapterName,
      queryRaw(query) {
        seen(query.sql);
        return inner.queryRaw(query);
      },
      executeRaw(query) {
        seen(query.sql);
        return inner.executeRaw(query);
      },
    };
  };
  const transaction = (inner: Transaction): Transaction => ({
    ...queries(inner),
    options: inner.options,
    commit: () => inner.commit(),
    rollback: () => inner.rollback(),
    createSavepoint: async (name) => inner.createSavepoint?.(name),
    rollbackToSavepoint: async (name) => inner.rollbackToSavepoint?.(name),
    releaseSavepoint: async (name) => inner.releaseSavepoint?.(name),
  });
  const adapter = (inner: SqlDriverAdapter): SqlDriverAdapter => ({
    ...queries(inner),
    executeScript(script) {
      counter.count++;
      return inner.executeScript(script);
    },
    startTransaction: async (isolation) => transaction(await inner.startTransaction(isolation)),
    getConnectionInfo: () => inner.getConnectionInfo?.() ?? { supportsRelationJoins: true },
    dispose: () => inner.dispose(),
  });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => adapter(await factory.connect()),
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}
