import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/base/clock';
import { uuidv7Source } from '../../src/base/ids';
import { silentLogger } from '../../src/base/logger';
import { MIGRATIONS_DIRECTORY, readMigrations } from '../../src/store/database/migration-files';
import { openStore } from '../../src/store/open-store';
import type { Store } from '../../src/store/store';

const ROOT = path.resolve(__dirname, '..', '..');

/** What `CREATE DATABASE` copies (template1, template0): nobody does here, and they are two thirds of all files. */
const NEW_DATABASES = new Set(['1', '4'].map((oid) => path.join('postgres', 'base', oid)));

export const testIds = uuidv7Source(systemClock);

/**
 * A data directory with an embedded database in it, tables up to date and nothing in them, of the test's own.
 * Making one takes seconds, copying one a tenth of one: the first test to ask makes it, the others (of later runs too) copy it.
 */
export async function freshDataDir(): Promise<string> {
  const template = await preparedTemplate();
  const directory = mkdtempSync(path.join(tmpdir(), 'adloom-test-'));
  cpSync(template, directory, { recursive: true, filter: (file) => !NEW_DATABASES.has(path.relative(template, file)) });
  return directory;
}

/** An open store on such a directory; `discard` closes it and removes the directory. */
export async function openTestStore(): Promise<{ store: Store; dataDir: string; discard(): Promise<void> }> {
  const dataDir = await freshDataDir();
  const store = await openStore({ dataDir, clock: systemClock, ids: testIds, logger: silentLogger });
  return {
    store,
    dataDir,
    async discard() {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function preparedTemplate(): Promise<string> {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'node_modules', '@electric-sql', 'pglite', 'package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256').update(version);
  for (const { name, checksum } of readMigrations(MIGRATIONS_DIRECTORY)) hash.update(`${name} ${checksum}\n`);
  const template = path.join(tmpdir(), `adloom-test-template-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(template)) return template;
  const making = mkdtempSync(`${template}-`);
  const store = await openStore({ dataDir: making, clock: systemClock, ids: testIds, logger: silentLogger });
  await store.close();
  try {
    renameSync(making, template);
  } catch {
    // Another test process made it first.
    rmSync(making, { recursive: true, force: true });
  }
  return template;
}
