import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

const SERVER = process.env['ADLOOM_TEST_POSTGRES_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

/** Why the tests on a PostgreSQL server cannot run here; null when they can. Asked once per test file, before its tests are listed. */
export function serverAbsence(): string | null {
  const { hostname, port, host } = new URL(SERVER);
  const probe = `require('node:net').connect(${Number(port || 5432)}, ${JSON.stringify(hostname)}).on('connect', () => process.exit(0)).on('error', () => process.exit(1))`;
  const { status } = spawnSync(process.execPath, ['-e', probe], { timeout: 5_000 });
  return status === 0 ? null : `no PostgreSQL server answers at ${host} (set ADLOOM_TEST_POSTGRES_URL to use another)`;
}

/** A database of the test's own. Its time zone is not UTC: nothing may depend on that of a server. */
export async function makeServerDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `adloom_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`, `ALTER DATABASE ${name} SET TimeZone = 'Asia/Kolkata'`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: SERVER });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
