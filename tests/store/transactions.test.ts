import { aCampaign, aCreative, aProfile, later } from '../support/entities';
import { testIds } from '../support/embedded-store';
import type { Store } from '../../src/store/store';
import { describeOnServer, onEachDatabase, openServerStore } from './on-each-database';

onEachDatabase((subject) => {
  test('a transaction keeps all of its work', async () => {
    const { store, advertiserId } = subject();
    const campaign = aCampaign(advertiserId);
    const creatives = await store.transaction(async (tx) => {
      await tx.campaigns.insert(campaign);
      await tx.campaigns.update({ ...campaign, name: 'Inside' }, 1);
      return tx.creatives.insertMany([aCreative(campaign)]);
    });
    expect(await store.campaigns.byIds(advertiserId, [campaign.id])).toMatchObject([{ name: 'Inside', version: 2 }]);
    expect(await store.creatives.byIds(advertiserId, [creatives[0]!.id])).toHaveLength(1);
  });

  test('or none of it, and the caller gets its own error untouched', async () => {
    const { store, advertiserId } = subject();
    const campaign = aCampaign(advertiserId);
    const own = new Error('changed my mind');
    await expect(
      store.transaction(async (tx) => {
        await tx.campaigns.insert(campaign);
        throw own;
      }),
    ).rejects.toBe(own);
    expect(await store.campaigns.byIds(advertiserId, [campaign.id])).toEqual([]);
  });

  test('a failed statement undoes what came before it', async () => {
    const { store, advertiserId } = subject();
    const campaign = aCampaign(advertiserId);
    await expect(
      store.transaction(async (tx) => {
        await tx.campaigns.insert(campaign);
        await tx.creatives.insertMany([aCreative({ id: testIds.next(), advertiserId })]);
      }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await store.campaigns.byIds(advertiserId, [campaign.id])).toEqual([]);
  });

  test('the store itself, used inside a transaction, is refused instead of waiting for ever', async () => {
    const { store, advertiserId } = subject();
    const refusal = { code: 'INTERNAL', message: expect.stringContaining('instead of `tx`') };
    await expect(store.transaction(() => store.campaigns.count(advertiserId, {}))).rejects.toMatchObject(refusal);
    await expect(store.transaction(() => store.transaction(async () => 1))).rejects.toMatchObject(refusal);
    expect(await store.campaigns.count(advertiserId, {})).toBe(0);
  });

  test('what a transaction set going may use the store once it has ended', async () => {
    const { store, advertiserId } = subject();
    let later!: () => void;
    const gate = new Promise<void>((resolve) => (later = resolve));
    const { background } = await store.transaction(async () => ({ background: gate.then(() => store.campaigns.count(advertiserId, {})) }));
    later();
    expect(await background).toBe(0);
  });

  test('twenty transactions at once all end', async () => {
    const { store, advertiserId } = subject();
    await Promise.all(Array.from({ length: 20 }, () => store.transaction((tx) => tx.campaigns.insert(aCampaign(advertiserId)))));
    expect(await store.campaigns.count(advertiserId, {})).toBe(20);
  });

  test('statements are counted, transaction control is not', async () => {
    const { store, advertiserId } = subject();
    const before = store.statementCount();
    await store.transaction(async (tx) => {
      await tx.campaigns.count(advertiserId, {});
      await tx.campaigns.insert(aCampaign(advertiserId));
    });
    expect(store.statementCount() - before).toBe(2);
    await store.campaigns.byIds(advertiserId, []);
    expect(store.statementCount() - before).toBe(2);
  });

  describe('paging', () => {
    test.each(['CREATED_AT', 'UPDATED_AT', 'NAME'] as const)('by %s gives every row once, both ways, with equal keys and rows arriving meanwhile', async (field) => {
      const { store, advertiserId } = subject();
      const all = Array.from({ length: 17 }, (_, i) => aCampaign(advertiserId, { name: `n${i % 5}`, createdAt: later(i % 4), updatedAt: later(-(i % 3)) }));
      await store.campaigns.insertMany(all);
      for (const direction of ['ASC', 'DESC'] as const) {
        const seen: string[] = [];
        let after: string | undefined;
        for (let more = true; more; ) {
          const page = await store.campaigns.page(advertiserId, {}, { first: 4, after, sort: { field, direction } });
          seen.push(...page.edges.map(({ node }) => node.id));
          after = page.edges.at(-1)?.cursor;
          more = page.hasNextPage;
        }
        expect(seen).toHaveLength(17);
        expect(new Set(seen).size).toBe(17);
      }
    });

    test('is newest first when nothing is said', async () => {
      const { store, advertiserId } = subject();
      await store.campaigns.insertMany([1, 3, 2].map((n) => aCampaign(advertiserId, { name: `${n}`, createdAt: later(n) })));
      const page = await store.campaigns.page(advertiserId, {}, { first: 2 });
      expect(page).toMatchObject({ edges: [{ node: { name: '3' } }, { node: { name: '2' } }], hasNextPage: true });
    });
  });
});

describeOnServer((database) => {
  let store: Store;
  beforeAll(async () => {
    store = await openServerStore(database());
  });
  afterAll(() => store.close());

  test('of two transactions that wait for each other the one that the database ends is run again: both take place, once', async () => {
    const advertiserId = store.defaultAdvertiserId;
    const [a, b] = [aProfile(advertiserId), aProfile(advertiserId)];
    await store.profiles.ensureMany([a, b]);
    let runs = 0;
    let bothHold!: () => void;
    const meeting = new Promise<void>((resolve) => (bothHold = resolve));
    const crossing = (first: string, second: string, name: string) => store.transaction(async (tx) => {
      await tx.profiles.lockByIds(advertiserId, [first]);
      if (++runs === 2) bothHold();
      await meeting;
      await tx.profiles.lockByIds(advertiserId, [second]);
      await tx.campaigns.insert(aCampaign(advertiserId, { name }));
      return name;
    });
    expect(await Promise.all([crossing(a.id, b.id, 'one'), crossing(b.id, a.id, 'other')])).toEqual(['one', 'other']);
    expect(runs).toBe(3);
    expect(await store.campaigns.count(advertiserId, {})).toBe(2);
  });
});
