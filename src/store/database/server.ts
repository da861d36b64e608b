import { Pool } from 'pg';
import { AdloomError, messageOf, type ErrorCode } from '../../base/errors';
import type { StoreOptions } from '../store';
import { toStoreError } from '../store-error';
import type { Database } from './database';
import { migrationState } from './migrate';
import { MIGRATIONS_DIRECTORY, readMigrations } from './migration-files';
import { serverAdapter } from './server-adapter';
import { migrateServer } from './server-migration';
import { SESSION_SETTINGS } from './session-settings';

/** The oldest PostgreSQL that is still kept up by its makers. */
const OLDEST_MAJOR = 14;
const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;

/** PostgreSQL on a server, shared with other processes. */
export async function openServer(
  options: Pick<StoreOptions, 'logger'> & { readonly databaseUrl: string; readonly migrationsDirectory?: string },
): Promise<Database> {
  const url = checkedUrl(options.databaseUrl);
  const pool = new Pool({
    connectionString: options.databaseUrl,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'adloom',
    // The adapter reads and writes times as UTC, whatever the server's or the database's own zone is.
    async onConnect(client) {
      await client.query(SESSION_SETTINGS);
    },
  });
  pool.on('error', (error) => options.logger.warn('a database connection was lost', { error: messageOf(error) }));
  try {
    const version = await serverVersion(pool);
    const directory = options.migrationsDirectory ?? MIGRATIONS_DIRECTORY;
    const adapters = serverAdapter(pool);
    const { pending } = await migrationState(await adapters.connect(), readMigrations(directory));
    if (pending.length > 0) {
      const migrated = await migrateServer({ databaseUrl: options.databaseUrl, migrationsDirectory: directory });
      if (migrated.length > 0) options.logger.info('migrations applied', { count: migrated.length, last: migrated.at(-1) });
    }
    return {
      description: { kind: 'postgresql', detail: `PostgreSQL ${version} at ${url.host}${url.pathname}` },
      adapters,
      close: () => pool.end(),
    };
  } catch (error) {
    await pool.end();
    const mapped = toStoreError(error);
    if (mapped.code !== 'INTERNAL') throw mapped;
    throw new AdloomError('STORE_UNAVAILABLE', `The database at ${url.host}${url.pathname} cannot be used: ${messageOf(error)}.`, {
      hint: 'Check DATABASE_URL and the log of the server.',
      cause: error,
    });
  }
}

/** The message never holds the URL itself: it may carry a password. */
function checkedUrl(text: string): URL {
  const invalid = (what: string): AdloomError =>
    new AdloomError('CONFIG_INVALID' satisfies ErrorCode, `DATABASE_URL ${what}.`, {
      field: 'DATABASE_URL',
      hint: 'Write it as postgresql://user:password@host:5432/database; percent-encode special characters of the password.',
    });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('is not a URL');
  }
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:') throw invalid(`must begin with postgresql://, and begins with ${url.protocol}//`);
  const schema = url.searchParams.get('schema');
  if (schema !== null && schema !== 'public') throw invalid(`asks for the schema ${JSON.stringify(schema)}; Adloom wants a database of its own and uses its schema public`);
  return url;
}

async function serverVersion(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
  const version = rows[0]?.server_version ?? '0';
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    throw new AdloomError('STORE_UNAVAILABLE', `PostgreSQL ${OLDEST_MAJOR} or newer is required; the server is ${version}.`, {
      hint: 'Upgrade the server, or leave DATABASE_URL unset to use the embedded database.',
    });
  }
  return version.split(' ')[0]!;
}
