import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { systemClock, type Clock } from '../../src/base/clock';
import { silentLogger } from '../../src/base/logger';
import { openStore } from '../../src/store/open-store';
import type { Store } from '../../src/store/store';
import { freshDataDir, testIds } from '../support/embedded-store';
import { describeOnServer } from './on-each-database';

jest.setTimeout(60_000);

const MONDAY = new Date('2026-03-02T12:00:00Z');
const HOUR = 3_600_000;

function promises(open: (clock: Clock) => Promise<Store>): void {
  let now = MONDAY;
  const pass = (milliseconds: number) => void (now = new Date(now.getTime() + milliseconds));
  let store: Store;
  let advertiserId = '';
  beforeAll(async () => {
    store = await open({ now: () => now, elapsed: () => 0 });
  });
  beforeEach(async () => {
    now = MONDAY;
    advertiserId = (await store.advertisers.ensure(`Advertiser ${testIds.next()}`)).id;
    await forgetAll();
  });
  afterAll(() => store.close());

  const forgetAll = async () => {
    while ((await store.feed.prune(new Date('2100-01-01'), 1_000)) > 0);
    while ((await store.idempotency.prune(new Date('2100-01-01'), 1_000)) > 0);
  };
  const tell = (topic: string, count = 1) =>
    store.feed.append(Array.from({ length: count }, (_, n) => ({ advertiserId, topic, key: 'k', payload: { n } })));
  const kept = async (topic: string) => (await store.feed.after(advertiserId, topic, 0n, 1_000)).map(({ cursor }) => cursor);
  const claim = (key: string) => store.idempotency.claim(advertiserId, 'op', key, 'hash');

  test('what is older goes in small steps, and what is not stays', async () => {
    await tell('a', 25);
    pass(HOUR);
    const [fresh] = await tell('a');
    const steps = [];
    for (let step = 0; step < 4; step++) steps.push(await store.feed.prune(now, 10));
    expect(steps).toEqual([10, 10, 5, 0]);
    expect(await kept('a')).toEqual([fresh!.cursor]);
  });

  test('each topic remembers how far it was forgotten, and its newest cursor never goes back', async () => {
    const [, last] = await tell('a', 2);
    pass(HOUR);
    const [quiet] = await tell('b');
    await store.feed.prune(now, 100);
    expect(await store.feed.forgotten(advertiserId, 'a')).toBe(last!.cursor);
    expect(await store.feed.latestCursor(advertiserId, 'a')).toBe(last!.cursor);
    expect(await store.feed.forgotten(advertiserId, 'b')).toBe(0n);
    expect(await store.feed.latestCursor(advertiserId, 'b')).toBe(quiet!.cursor);
    expect(await kept('a')).toEqual([]);
  });

  test('where the clock was set back nothing is forgotten from between what is kept', async () => {
    const before = await tell('a', 2);
    pass(-24 * HOUR);
    const during = await tell('a', 2);
    pass(24 * HOUR);
    const after = await tell('a', 2);
    expect(await store.feed.prune(new Date(MONDAY.getTime() - HOUR), 100)).toBe(0);
    expect(await kept('a')).toEqual([...before, ...during, ...after].map(({ cursor }) => cursor));
  });

  test('several at once forget each item once', async () => {
    await tell('a', 300);
    pass(HOUR);
    const left = async () => (await kept('a')).length;
    const forget = async () => {
      let sum = 0;
      while ((await left()) > 0) sum += await store.feed.prune(now, 20);
      return sum;
    };
    const counts = await Promise.all(Array.from({ length: 6 }, forget));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(300);
  });

  test('an idempotency key is known until it is forgotten, and then new', async () => {
    await Promise.all(['a', 'b', 'c'].map(claim));
    pass(HOUR);
    await claim('fresh');
    expect(await claim('a')).toMatchObject({ state: 'known' });
    expect([await store.idempotency.prune(now, 2), await store.idempotency.prune(now, 2), await store.idempotency.prune(now, 2)]).toEqual([2, 1, 0]);
    expect(await claim('fresh')).toMatchObject({ state: 'known' });
    expect(await claim('a')).toEqual({ state: 'new' });
  });

  test('a key that is claimed while it is forgotten is either known or new, never neither', async () => {
    for (let round = 0; round < 20; round++) {
      await claim('k');
      pass(HOUR);
      const [, claims] = await Promise.all([store.idempotency.prune(now, 10), Promise.all(Array.from({ length: 6 }, () => claim('k')))]);
      for (const { state } of claims) expect(['new', 'known']).toContain(state);
      expect(claims.filter(({ state }) => state === 'new').length).toBeLessThanOrEqual(1);
    }
  });
}

describe('forgetting, on the embedded database', () => {
  promises(async (clock) => openStore({ dataDir: await freshDataDir(), clock, ids: testIds, logger: silentLogger }));
});

test('the embedded database uses the room of what was forgotten again, instead of growing', async () => {
  const dataDir = await freshDataDir();
  const store = await openStore({ dataDir, clock: systemClock, ids: testIds, logger: silentLogger });
  const size = () => readdirSync(path.join(dataDir, 'postgres', 'base'), { recursive: true, withFileTypes: true })
    .reduce((sum, file) => sum + (file.isFile() ? statSync(path.join(file.parentPath, file.name)).size : 0), 0);
  const grown: number[] = [];
  for (let round = 0; round < 4; round++) {
    const before = size();
    const item = { advertiserId: store.defaultAdvertiserId, topic: 'a', key: 'k', payload: { text: 'x'.repeat(200) } };
    for (let n = 0; n < 3; n++) await store.feed.append(Array.from({ length: 2_000 }, () => item));
    while ((await store.feed.prune(new Date('2100-01-01'), 1_000)) > 0);
    await store.reclaim();
    grown.push(size() - before);
  }
  await store.close();
  // Each round has written two million bytes; pages of an index are free again a round later.
  expect(grown.slice(2)).toEqual([0, 0]);
});

describeOnServer((database) => {
  describe('forgetting', () => promises((clock) => openStore({ databaseUrl: database(), dataDir: '/nonexistent', clock, ids: testIds, logger: silentLogger })));
});
