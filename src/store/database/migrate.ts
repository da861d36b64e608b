import type { SqlMigrationAwareDriverAdapterFactory, SqlQueryable } from '@prisma/driver-adapter-utils';
import { AdloomError } from '../../base/errors';
import { toStoreError } from '../store-error';
import type { MigrationFile } from './migration-files';
import { migrationList, openSchemaEngine } from './schema-engine';

export interface MigrationState {
  /** Names that have yet to be applied. */
  readonly pending: readonly string[];
  /** Names that began and did not end well; nothing of them is in the database, for a script is one transaction. */
  readonly failed: readonly string[];
}

/** Compares the database with the migrations of this code. Throws STORE_NEWER when the database knows one that this code does not. */
export async function migrationState(database: SqlQueryable, migrations: readonly MigrationFile[]): Promise<MigrationState> {
  const ask = async (sql: string): Promise<unknown[][]> => (await database.queryRaw({ sql, args: [], argTypes: [] })).rows;
  const [[table] = []] = await ask(`SELECT to_regclass('"_prisma_migrations"')::text`);
  if (table == null) return { pending: migrations.map(({ name }) => name), failed: [] };
  const rows = await ask(
    `SELECT "migration_name", ("finished_at" IS NOT NULL)::int FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL ORDER BY "started_at"`,
  );
  const applied = new Set(rows.filter(([, finished]) => finished === 1).map(([name]) => String(name)));
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...applied].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new AdloomError('STORE_NEWER', `The database was made by a newer Adloom: it has the migration ${unknown.at(-1)}, which this one does not know.`, {
      hint: 'Start the newer version again, or use another database (DATABASE_URL, or another data directory).',
    });
  }
  return {
    pending: migrations.map(({ name }) => name).filter((name) => !applied.has(name)),
    failed: [...new Set(rows.filter(([name, finished]) => finished !== 1 && !applied.has(String(name))).map(([name]) => String(name)))],
  };
}

/**
 * Applies what is pending; returns the names applied. The caller keeps other processes out meanwhile.
 * A migration that failed in an earlier start is tried again: its script left nothing behind.
 */
export async function applyMigrations(
  adapters: SqlMigrationAwareDriverAdapterFactory,
  directory: string,
  migrations: readonly MigrationFile[],
): Promise<readonly string[]> {
  const connection = await adapters.connect();
  const state = await migrationState(connection, migrations);
  if (state.pending.length === 0) return [];
  const watched = watchScripts(adapters);
  const engine = await openSchemaEngine(watched.adapters);
  try {
    for (const migrationName of state.failed) await engine.markMigrationRolledBack({ migrationName });
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: migrationList(directory, migrations),
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } catch (error) {
    throw await explained(watched.failure() ?? error, connection, migrations);
  } finally {
    engine.free();
  }
}

/** Keeps the driver's own error of a script, which the engine reports only as a text with its call stack. */
function watchScripts(adapters: SqlMigrationAwareDriverAdapterFactory): { adapters: SqlMigrationAwareDriverAdapterFactory; failure(): unknown } {
  let failure: unknown;
  return {
    failure: () => failure,
    adapters: {
      provider: adapters.provider,
      adapterName: adapters.adapterName,
      connectToShadowDb: () => adapters.connectToShadowDb(),
      async connect() {
        const inner = await adapters.connect();
        return {
          ...inner,
          executeScript: (script) =>
            inner.executeScript(script).catch((error: unknown) => {
              failure = error;
              throw error;
            }),
        };
      },
    },
  };
}

/** Which migration failed and how to mend it, instead of the engine's report. */
async function explained(error: unknown, connection: SqlQueryable, migrations: readonly MigrationFile[]): Promise<AdloomError> {
  const mapped = toStoreError(error);
  const { failed } = await migrationState(connection, migrations).catch(() => ({ failed: [] as readonly string[] }));
  const which = failed.at(-1) ?? 'one';
  const reason = mapped.code === 'INTERNAL' ? mapped.message.replace(/^The database answered: /, '') : mapped.message;
  return new AdloomError(mapped.code === 'INTERNAL' ? 'STORE_UNAVAILABLE' : mapped.code, `The migration ${which} failed and nothing of it was kept: ${reason.replace(/\.$/, '')}.`, {
    hint: mapped.hint ?? 'Mend what the message names (a table made by hand, a missing right) and start again: it is then tried again.',
    cause: error,
  });
}
