import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/base/clock';
import { silentLogger } from '../../src/base/logger';
import type { Database } from '../../src/store/database/database';
import { openEmbedded } from '../../src/store/database/embedded';
import { migrationState } from '../../src/store/database/migrate';
import { MIGRATIONS_DIRECTORY, readMigrations } from '../../src/store/database/migration-files';
import { openServer } from '../../src/store/database/server';
import { freshDataDir } from '../support/embedded-store';
import { makeServerDatabase } from '../support/server-database';
import { describeOnServer } from './on-each-database';

// Generous: these start threads and a process, which takes long on a busy machine.
jest.setTimeout(180_000);

/** The repository's migrations and one more, whose script a test may change. */
function migrationsAnd(name: string): { directory: string; write(script: string): void } {
  const directory = mkdtempSync(path.join(tmpdir(), 'adloom-test-migrations-'));
  cpSync(MIGRATIONS_DIRECTORY, directory, { recursive: true });
  mkdirSync(path.join(directory, name));
  return { directory, write: (script) => writeFileSync(path.join(directory, name, 'migration.sql'), script) };
}

const NAME = '20990101000000_future';
const GOOD = `CREATE TABLE "future" ("id" INTEGER PRIMARY KEY, "text" TEXT DEFAULT ';');\nINSERT INTO "future" VALUES (1, 'a;b');\n`;

function promises(open: (migrationsDirectory?: string) => Promise<Database>): void {
  const ask = async (database: Database, sql: string) => (await (await database.adapters.connect()).queryRaw({ sql, args: [], argTypes: [] })).rows;

  test('a failed migration is named, keeps nothing, and is tried again once mended', async () => {
    const more = migrationsAnd(NAME);
    more.write(`${GOOD}SELECT no_such_function();`);
    for (let start = 0; start < 2; start++) {
      await expect(open(more.directory)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringMatching(new RegExp(`^The migration ${NAME} failed and nothing of it was kept: .*no_such_function`, 's')),
        hint: expect.stringContaining('start again'),
      });
    }
    more.write(GOOD);
    const database = await open(more.directory);
    expect(await ask(database, 'SELECT "id", "text" FROM "future"')).toEqual([[1, 'a;b']]);
    await database.close();
    rmSync(more.directory, { recursive: true });
  });

  test('a database that has a migration of a newer version is refused', async () => {
    const more = migrationsAnd(NAME);
    more.write(GOOD);
    await (await open(more.directory)).close();
    await expect(open()).rejects.toMatchObject({ code: 'STORE_NEWER', message: expect.stringContaining(NAME), hint: expect.stringContaining('newer version') });
    rmSync(more.directory, { recursive: true });
  });

  test('a second start finds nothing to do', async () => {
    await (await open()).close();
    const database = await open();
    expect(await migrationState(await database.adapters.connect(), readMigrations(MIGRATIONS_DIRECTORY))).toEqual({ pending: [], failed: [] });
    await database.close();
  });

  test('decisions from before charges were kept get the prices of then as far as they are known', async () => {
    const database = await open();
    const [advertiser, campaign, creative] = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
    const now = `'2026-11-01T00:00:00Z'`;
    await ask(database, `INSERT INTO advertisers (id, name, created_at) VALUES ('${advertiser}', 'old', ${now})`);
    await ask(database, `INSERT INTO campaigns (id, advertiser_id, name, vertical, product, voice, audience, objectives, currency, starts_at, pacing, cost_per_click_micros, status, version, created_at, updated_at)
      VALUES ('${campaign}', '${advertiser}', 'old', 'OTHER', '{}', '{}', '{}', '{}', 'EUR', ${now}, 'EVEN', 700, 'ACTIVE', 1, ${now}, ${now})`);
    await ask(database, `INSERT INTO creatives (id, advertiser_id, campaign_id, headline, origin, status, version, findings, created_at, updated_at)
      VALUES ('${creative}', '${advertiser}', '${campaign}', 'Old', 'HUMAN', 'APPROVED', 1, '[]', ${now}, ${now})`);
    await ask(database, `INSERT INTO decisions (id, advertiser_id, request_id, campaign_id, creative_id, placement, vertical, personalised, policy, propensity, p_click, candidates, currency, cost_micros, reserved_micros, expires_at, impression_at, click_at, created_at)
      SELECT gen_random_uuid(), '${advertiser}', gen_random_uuid(), '${campaign}', '${creative}', placement, 'OTHER', FALSE, 'THOMPSON', 1, 0.1, '[]', 'EUR', 20, 0, ${now}, seen::timestamptz, clicked::timestamptz, ${now}
      FROM (VALUES ('clicked', ${now}, ${now}), ('seen', ${now}, NULL), ('unseen', NULL, NULL)) AS v(placement, seen, clicked)`);
    const { script } = readMigrations(MIGRATIONS_DIRECTORY).find(({ name }) => name.endsWith('_money_of_the_time'))!;
    await ask(database, script.slice(script.indexOf('UPDATE')));
    expect(await ask(database, 'SELECT placement, charged_micros::text FROM decisions ORDER BY placement')).toEqual([['clicked', '720'], ['seen', '20'], ['unseen', '0']]);
    await database.close();
  });

  test('a directory without migrations is a broken installation', async () => {
    await expect(open(path.join(tmpdir(), 'adloom-test-absent'))).rejects.toMatchObject({ code: 'CONFIG_INVALID', hint: expect.stringContaining('prisma/migrations') });
  });
}

describe('migrations of the embedded database', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await freshDataDir();
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
  promises((migrationsDirectory) => openEmbedded({ dataDir, clock: systemClock, logger: silentLogger, ...(migrationsDirectory ? { migrationsDirectory } : {}) }));
});

describeOnServer(() => {
  // Each test leaves another history behind, so each has a database of its own.
  let database: Awaited<ReturnType<typeof makeServerDatabase>>;
  beforeEach(async () => {
    database = await makeServerDatabase();
  });
  afterEach(() => database.drop());
  promises((migrationsDirectory) => openServer({ databaseUrl: database.url, logger: silentLogger, ...(migrationsDirectory ? { migrationsDirectory } : {}) }));
});

test('the migrations make exactly the tables of prisma/schema.prisma', () => {
  const root = path.resolve(__dirname, '..', '..');
  // In a process of its own: the engine is a native ES module.
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'scripts', 'new-migration.mjs'), '--check'], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'The migrations are what the schema says; nothing to write.\n', stderr: '' });
});
