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
async function hear(count: number, options: { after?: bigint; keys?: string[]; begun?: () => unknown; over?: Bus } = {}): Promise<number[]> {
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

  test('closing ends every subscriber', async () => {
    const over = createBus({ store, advertiserId: store.defaultAdvertiserId, logger: silentLogger });
    const ended = hear(1, { over, begun: () => over.close() });
    await expect(ended).resolves.toEqual([]);
    expect(over.waiting()).toBe(0);
  });
});
