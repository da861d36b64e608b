import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { AdloomError, messageOf } from '../../base/errors';

export interface ThrowawayDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A new, empty database on a PostgreSQL server, for a program that keeps nothing. @throws STORE_UNAVAILABLE where the server makes none */
export async function throwawayDatabase(serverUrl: string): Promise<ThrowawayDatabase> {
  const name = `adloom_throwaway_${randomBytes(6).toString('hex')}`;
  // What is thrown away need not be on disk before a commit is answered.
  await onServer(serverUrl, `CREATE DATABASE ${name}`, `ALTER DATABASE ${name} SET synchronous_commit = off`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(connectionString: string, ...statements: string[]): Promise<void> {
  try {
    const client = new Client({ connectionString });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  } catch (error) {
    throw new AdloomError('STORE_UNAVAILABLE', `The PostgreSQL server did not take ${JSON.stringify(statements[0])}: ${messageOf(error)}.`, {
      hint: 'Give the address of a server and of a user who may create databases: postgresql://user:password@host:5432/postgres.', cause: error,
    });
  }
}
