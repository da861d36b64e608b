import { systemClock, type Clock } from '../../src/base/clock';
import { silentLogger } from '../../src/base/logger';
import { openStore } from '../../src/store/open-store';
import type { Store } from '../../src/store/store';
import { openTestStore, testIds } from '../support/embedded-store';
import { makeServerDatabase, serverAbsence } from '../support/server-database';

/** What a suite gets: one store for the file, and for each test an advertiser of its own, so that tests do not see each other's rows. */
export interface Subject {
  readonly store: Store;
  readonly advertiserId: string;
}

/** Lists the same tests on the embedded database and on a server; the latter are skipped, saying why, where none answers. */
export function onEachDatabase(suite: (subject: () => Subject) => void): void {
  describe('on the embedded database', () => {
    let opened: Awaited<ReturnType<typeof openTestStore>>;
    beforeAll(async () => {
      opened = await openTestStore();
    });
    afterAll(() => opened.discard());
    withAdvertiser(() => opened.store, suite);
  });

  describeOnServer((database) => {
    let store: Store;
    beforeAll(async () => {
      store = await openServerStore(database());
    });
    afterAll(() => store.close());
    withAdvertiser(() => store, suite);
  });
}

/** Tests that are about a server alone; each file gets a database of its own. */
export function describeOnServer(suite: (url: () => string) => void): void {
  const absence = serverAbsence();
  if (absence !== null) {
    if (process.env['ADLOOM_TEST_REQUIRE_POSTGRES'] === '1') {
      test('a PostgreSQL server is required (ADLOOM_TEST_REQUIRE_POSTGRES=1)', () => {
        throw new Error(absence);
      });
      return;
    }
    process.stderr.write(`skipped on a PostgreSQL server: ${absence}\n`);
  }
  (absence === null ? describe : describe.skip)('on a PostgreSQL server', () => {
    let database: Awaited<ReturnType<typeof makeServerDatabase>>;
    beforeAll(async () => {
      database = await makeServerDatabase();
    });
    afterAll(() => database.drop());
    suite(() => database.url);
  });
}

export function openServerStore(databaseUrl: string, clock: Clock = systemClock): Promise<Store> {
  return openStore({ databaseUrl, dataDir: '/nonexistent', clock, ids: testIds, logger: silentLogger });
}

function withAdvertiser(store: () => Store, suite: (subject: () => Subject) => void): void {
  let advertiserId = '';
  beforeEach(async () => {
    advertiserId = (await store().advertisers.ensure(`Advertiser ${testIds.next()}`)).id;
  });
  suite(() => ({ store: store(), advertiserId }));
}
