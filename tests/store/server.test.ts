import { createServer } from 'node:net';
import { Client } from 'pg';
import { systemClock } from '../../src/base/clock';
import { silentLogger, type Logger } from '../../src/base/logger';
import { throwawayDatabase } from '../../src/store/database/throwaway';
import { openStore } from '../../src/store/open-store';
import { aCampaign } from '../support/entities';
import { testIds } from '../support/embedded-store';
import { describeOnServer, openServerStore } from './on-each-database';

const said = (error: { code: string; field?: string; message: string; hint?: string }) => ({ code: error.code, field: error.field, message: error.message, hint: error.hint });

describe('a DATABASE_URL that cannot be used', () => {
  test.each([
    ['no URL', 'localhost:adloom'],
    ['another protocol', 'mysql://root:secret@localhost/adloom'],
    ['a schema of its own', 'postgresql://u:secret@localhost/adloom?schema=other'],
  ])('is refused at once: %s', async (_what, url) => {
    const error = await openServerStore(url).then(() => null, said);
    expect(error).toMatchSnapshot();
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  test('when nothing answers there, says so and how to mend it, without the password', async () => {
    const port = await freePort();
    const error = await openServerStore(`postgresql://u:secret@127.0.0.1:${port}/adloom`).then(() => null, said);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', hint: expect.stringContaining('DATABASE_URL') });
    expect(JSON.stringify(error)).not.toContain('secret');
  });
});

test('a server that makes no database for a throw-away run is told of, without the password', async () => {
  const error = await throwawayDatabase(`postgresql://u:secret@127.0.0.1:${await freePort()}/postgres`).then(() => null, said);
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('CREATE DATABASE'), hint: expect.stringContaining('create databases') });
  expect(JSON.stringify(error)).not.toContain('secret');
});

describeOnServer((url) => {
  test('a throw-away database is empty, another each time, and gone once it is dropped', async () => {
    const [a, b] = [await throwawayDatabase(url()), await throwawayDatabase(url())];
    expect(a.url).not.toBe(b.url);
    await (await openServerStore(a.url)).close();
    await a.drop();
    await expect(openServerStore(a.url)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await b.drop();
  });

  test('a database that does not exist is named', async () => {
    const other = new URL(url());
    other.pathname = '/adloom_absent';
    await expect(openServerStore(other.href)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('adloom_absent'), hint: expect.stringContaining('createdb') });
  });

  test('six starts at once on an empty database migrate it once', async () => {
    const applied: string[] = [];
    const logger: Logger = { ...silentLogger, info: (message) => void applied.push(message) };
    const stores = await Promise.all(
      Array.from({ length: 6 }, () => openStore({ databaseUrl: url(), dataDir: '/nonexistent', clock: systemClock, ids: testIds, logger })),
    );
    expect(applied).toEqual(['migrations applied']);
    expect(new Set(stores.map((store) => store.defaultAdvertiserId)).size).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
    const client = new Client({ connectionString: url() });
    await client.connect();
    const { rows } = await client.query('SELECT migration_name, applied_steps_count FROM _prisma_migrations WHERE finished_at IS NOT NULL');
    expect(rows.map(({ migration_name }: { migration_name: string }) => migration_name)).toEqual([...new Set(rows.map(({ migration_name }: { migration_name: string }) => migration_name))]);
    const locks = await client.query("SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    expect(locks.rows).toEqual([{ held: 0 }]);
    await client.end();
  });

  test('a lost connection is an error of that call alone', async () => {
    const store = await openServerStore(url());
    await store.ping();
    const client = new Client({ connectionString: url() });
    await client.connect();
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
    await client.end();
    const campaign = aCampaign(store.defaultAdvertiserId);
    // The pool may or may not have noticed yet: the first call either fails with the right code or succeeds; the next succeeds.
    await store.campaigns.insert(campaign).catch((error: unknown) => expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' }));
    expect(await store.campaigns.count(store.defaultAdvertiserId, {})).toBeLessThanOrEqual(1);
    expect(store.describe()).toEqual({ kind: 'postgresql', detail: expect.stringMatching(/^PostgreSQL \d+(\.\d+)? at [^/@]+\/adloom_test_/) });
    await store.close();
  });

  test('a database that takes no connections for a while is away, not broken, and strangers are told no more of it', async () => {
    const store = await openServerStore(url());
    const name = new URL(url()).pathname.slice(1);
    const server = new Client({ connectionString: url().replace(name, 'postgres') });
    await server.connect();
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    const errors: unknown[] = [];
    for (let i = 0; i < 3; i++) await store.ping().catch((error: unknown) => errors.push(error));
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await server.end();
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', publicMessage: expect.not.stringMatching(/adloom_test|administrator/) });
    await store.ping();
    await store.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
