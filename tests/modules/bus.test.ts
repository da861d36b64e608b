import { silentLogger } from '../../src/base/logger';
import { createBus, type Bus } from '../../src/modules/bus';
import type { Store } from '../../src/store/store';
import { openTestStore } from '../support/embedded-store';

let opened: Awaited<ReturnType<typeof openTestStore>>;
let store: Store;
let bus: Bus;
beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
  bus = createBus({ store, advertiserId: store.defaultAdvertiserId, logger: silentLogger, pollMs: 50 });
});
afterAll(async () => {
  bus.close();
  await opened.discard();
});

const message = (n: number, key = 'k') => ({ key, payload: { n } });

/** The numbers of the first `count` messages heard. */
async function hear(count: number, options: { after?: bigint | 'first'; onGap?: (forgotten: bigint) => Promise<void>; keys?: string[]; begun?: () => unknown; over?: Bus } = {}): Promise<number[]> {
  const stop = new AbortController();
  const { over = bus, begun, ...rest } = options;
  const heard: number[] = [];
  if (begun) {
    void (async () => {
      while (over.waiting() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      await begun();
    })();
  }
  for await (const item of over.subscribe('creativeChanged', { advertiserId: store.defaultAdvertiserId, signal: stop.signal, ...rest })) {
    heard.push((item.payload as { n: number }).n);
    if (heard.length === count) break;
  }
  stop.abort();
  return heard;
}

describe('the bus', () => {
  test('a subscriber hears what is published from then on, in order', async () => {
    await bus.publish('creativeChanged', message(0));
    const heard = await hear(3, { begun: () => bus.publish('creativeChanged', message(1), message(2), message(3)) });
    expect(heard).toEqual([1, 2, 3]);
  });

  test('a subscriber who comes back with a cursor misses and repeats nothing, over any number of pages', async () => {
    const from = await store.feed.latestCursor(store.defaultAdvertiserId, 'creativeChanged');
    await bus.publish('creativeChanged', ...Array.from({ length: 450 }, (_, n) => message(n)));
    const heard = await hear(452, { after: from, begun: () => bus.publish('creativeChanged', message(450), message(451)) });
    expect(heard).toEqual(Array.from({ length: 452 }, (_, n) => n));
  });

  test('a subscriber of some keys hears those alone', async () => {
    const heard = await hear(2, {
      keys: ['a', 'c'],
      begun: () => bus.publish('creativeChanged', message(1, 'a'), message(2, 'b'), message(3, 'c')),
    });
    expect(heard).toEqual([1, 3]);
  });

  test('a subscriber of a quiet key reads what others say once, and not again at every look', async () => {
    const reads: { from: bigint; found: number }[] = [];
    const feed: Store['feed'] = {
      ...store.feed,
      async after(...asked) {
        const items = await store.feed.after(...asked);
        reads.push({ from: asked[2], found: items.length });
        return items;
      },
    };
    const own = createBus({ store: { feed }, advertiserId: store.defaultAdvertiserId, logger: silentLogger, pollMs: 20 });
    let [latest, again] = [0n, Infinity];
    const heard = await hear(1, {
      keys: ['quiet'],
      over: own,
      begun: async () => {
        await own.publish('creativeChanged', ...Array.from({ length: 300 }, (_, n) => message(n, 'busy')));
        latest = await store.feed.latestCursor(store.defaultAdvertiserId, 'creativeChanged');
        const before = reads.length;
        await new Promise((resolve) => setTimeout(resolve, 200));
        again = reads.length - before;
        await own.publish('creativeChanged', message(7, 'quiet'));
      },
    });
    own.close();
    expect(heard).toEqual([7]);
    expect(again).toBeLessThanOrEqual(1);
    expect(reads.at(-1)).toEqual({ from: latest, found: 1 });
  });

  test('what another process wrote to the feed is heard too', async () => {
    const other = createBus({ store, advertiserId: store.defaultAdvertiserId, logger: silentLogger });
    expect(await hear(1, { begun: () => other.publish('creativeChanged', message(7)) })).toEqual([7]);
  });

  test('nothing is heard of a transaction that did not commit', async () => {
    const heard = await hear(1, {
      begun: async () => {
        await store.transaction(async (tx) => {
          await bus.record(tx, 'creativeChanged', message(1));
          throw new Error('undone');
        }).catch(() => undefined);
        await bus.publish('creativeChanged', message(2));
      },
    });
    expect(heard).toEqual([2]);
  });

  test('a store that fails for a moment costs no message', async () => {
    const flaky = Object.assign(Object.create(store) as Store, { feed: { ...store.feed } });
    let failures = 3;
    flaky.feed.after = (...args) => (failures-- > 0 ? Promise.reject(new Error('away')) : store.feed.after(...args));
    const over = createBus({ store: flaky, advertiserId: store.defaultAdvertiserId, logger: silentLogger, pollMs: 10 });
    expect(await hear(1, { over, begun: () => over.publish('creativeChanged', message(9)) })).toEqual([9]);
  });

  describe('of which the oldest is no longer kept', () => {
    /** Publishes some, forgets them all, and returns the cursor from before. */
    const forget = async (count: number): Promise<bigint> => {
      const before = await store.feed.latestCursor(store.defaultAdvertiserId, 'creativeChanged');
      await bus.publish('creativeChanged', ...Array.from({ length: count }, (_, n) => message(n)));
      while ((await store.feed.prune(new Date('2100-01-01'), 1_000)) > 0);
      return before;
    };

    test('a subscriber who missed some of that is told so, though newer is kept', async () => {
      const from = await forget(3);
      await bus.publish('creativeChanged', message(3));
      await expect(hear(1, { after: from })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED', field: 'after', hint: expect.stringContaining('without after') });
      await expect(hear(1, { after: from, keys: ['k'] })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
      await expect(bus.requireKept('creativeChanged', from, store.defaultAdvertiserId)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    });

    test('a subscriber who missed all of it is told so before anything new comes', async () => {
      await expect(hear(1, { after: await forget(3) })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
      await expect(hear(1, { after: await forget(3), keys: ['quiet'] })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    });

    test('a subscriber who had heard all of it goes on, as does one who begins now or with the first that is kept', async () => {
      await forget(3);
      const after = await store.feed.latestCursor(store.defaultAdvertiserId, 'creativeChanged');
      await bus.requireKept('creativeChanged', after, store.defaultAdvertiserId);
      expect(await hear(1, { after, begun: () => bus.publish('creativeChanged', message(7)) })).toEqual([7]);
      expect(await hear(1, { begun: () => bus.publish('creativeChanged', message(8)) })).toEqual([8]);
      expect(await hear(2, { after: 'first' })).toEqual([7, 8]);
    });

    test('a subscriber who is slow hears all that is kept, and is told where it is not', async () => {
      const stop = new AbortController();
      const slow = bus.subscribe('creativeChanged', { advertiserId: store.defaultAdvertiserId, after: 'first', signal: stop.signal });
      await forget(0);
      await bus.publish('creativeChanged', ...Array.from({ length: 450 }, (_, n) => message(n)));
      for (let n = 0; n < 200; n++) expect((await slow.next()).value.payload).toEqual({ n });
      // What the slow one has in hand has been forgotten meanwhile, and nothing behind it.
      await store.feed.prune(new Date('2100-01-01'), 200);
      for (let n = 200; n < 400; n++) expect((await slow.next()).value.payload).toEqual({ n });
      await store.feed.prune(new Date('2100-01-01'), 240);
      await expect(slow.next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
      stop.abort();
    });

    test('a subscriber who can mend a gap is asked to, again where that fails, and goes on behind it', async () => {
      const after = await forget(3);
      await bus.publish('creativeChanged', message(9));
      const gaps: bigint[] = [];
      const onGap = (forgotten: bigint) => (gaps.push(forgotten) === 1 ? Promise.reject(new Error('away')) : Promise.resolve());
      expect(await hear(1, { after, onGap })).toEqual([9]);
      expect(gaps).toEqual([after + 3n, after + 3n]);
    });
  });

  test('closing ends every subscriber', async () => {
    const over = createBus({ store, advertiserId: store.defaultAdvertiserId, logger: silentLogger });
    const ended = hear(1, { over, begun: () => over.close() });
    await expect(ended).resolves.toEqual([]);
    expect(over.waiting()).toBe(0);
  });
});
