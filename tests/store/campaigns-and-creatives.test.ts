import { aCampaign, aCreative, later, NOON } from '../support/entities';
import { testIds } from '../support/embedded-store';
import { onEachDatabase } from './on-each-database';

onEachDatabase((subject) => {
  describe('a campaign', () => {
    test('comes back exactly as it was given, amounts beyond 2^53 and times to the millisecond included', async () => {
      const { store, advertiserId } = subject();
      const full = aCampaign(advertiserId, { externalId: 'ext-1', createdAt: new Date('2026-03-29T01:30:00.123Z') });
      const bare = aCampaign(advertiserId, {
        name: `Quote " ' \\ {brace}, ü 😀\nline`,
        product: { name: 'P', brand: null, description: null, features: [], offers: [], price: null, url: null },
        flight: { startsAt: NOON, endsAt: null },
        budget: { totalMicros: null, dailyMicros: 1n },
        frequencyCap: null,
      });
      await store.campaigns.insert(full);
      expect(await store.campaigns.insertMany([bare])).toEqual([bare]);
      const found = await store.campaigns.byIds(advertiserId, [bare.id, full.id, testIds.next()]);
      expect(new Map(found.map((campaign) => [campaign.id, campaign]))).toEqual(new Map([full, bare].map((campaign) => [campaign.id, campaign])));
    });

    test('is written over only by who saw its present version', async () => {
      const { store, advertiserId } = subject();
      const campaign = aCampaign(advertiserId);
      await store.campaigns.insert(campaign);
      const changed = { ...campaign, name: 'Renamed', status: 'ACTIVE', budget: { totalMicros: null, dailyMicros: 5n }, frequencyCap: null, updatedAt: later(1) } as const;
      expect(await store.campaigns.update(changed, 1)).toEqual({ ...changed, version: 2 });
      expect(await store.campaigns.update({ ...campaign, name: 'Too late' }, 1)).toBeNull();
      expect(await store.campaigns.byIds(advertiserId, [campaign.id])).toEqual([{ ...changed, version: 2 }]);
    });

    test('of two updates at once, exactly one wins', async () => {
      const { store, advertiserId } = subject();
      const campaign = aCampaign(advertiserId);
      await store.campaigns.insert(campaign);
      const results = await Promise.all(Array.from({ length: 8 }, (_, i) => store.campaigns.update({ ...campaign, name: `Writer ${i}` }, 1)));
      expect(results.filter((saved) => saved !== null)).toHaveLength(1);
    });

    test('is made once per external id: a second import makes nothing', async () => {
      const { store, advertiserId } = subject();
      const batch = () => [aCampaign(advertiserId, { externalId: 'test-1' }), aCampaign(advertiserId, { externalId: 'test-2' })];
      expect(await store.campaigns.insertMany(batch())).toHaveLength(2);
      expect(await store.campaigns.insertMany([...batch(), aCampaign(advertiserId, { externalId: 'test-3' })])).toMatchObject([{ externalId: 'test-3' }]);
      expect((await store.campaigns.byExternalIds(advertiserId, ['test-1', 'test-2', 'absent'])).map(({ externalId }) => externalId).toSorted()).toEqual(['test-1', 'test-2']);
    });

    test('is seen by its own advertiser alone, in every way of asking', async () => {
      const { store, advertiserId } = subject();
      const stranger = await store.advertisers.ensure(`Stranger ${testIds.next()}`);
      const campaign = aCampaign(advertiserId, { externalId: 'mine' });
      await store.campaigns.insert(campaign);
      expect(await store.campaigns.byIds(stranger.id, [campaign.id])).toEqual([]);
      expect(await store.campaigns.byExternalIds(stranger.id, ['mine'])).toEqual([]);
      expect((await store.campaigns.page(stranger.id, {}, { first: 10 })).edges).toEqual([]);
      expect(await store.campaigns.count(stranger.id, {})).toBe(0);
      expect(await store.campaigns.update({ ...campaign, advertiserId: stranger.id }, 1)).toBeNull();
      await expect(store.creatives.insertMany([aCreative({ id: campaign.id, advertiserId: stranger.id })])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('filters: every part must hold, an empty list matches nothing, wildcards mean themselves', async () => {
      const { store, advertiserId } = subject();
      await store.campaigns.insertMany([
        aCampaign(advertiserId, { name: 'Alpha 100%', status: 'ACTIVE', vertical: 'TRAVEL' }),
        aCampaign(advertiserId, { name: 'Beta', status: 'ACTIVE', vertical: 'FINANCE', flight: { startsAt: later(-10), endsAt: NOON } }),
        aCampaign(advertiserId, { name: 'Gamma', status: 'PAUSED', vertical: 'TRAVEL', flight: { startsAt: later(-10), endsAt: null } }),
      ]);
      const names = async (filter: Parameters<typeof store.campaigns.page>[1]) =>
        (await store.campaigns.page(advertiserId, filter, { first: 10, sort: { field: 'NAME', direction: 'ASC' } })).edges.map(({ node }) => node.name);
      expect(await names({})).toEqual(['Alpha 100%', 'Beta', 'Gamma']);
      expect(await names({ statuses: ['ACTIVE', 'ENDED'] })).toEqual(['Alpha 100%', 'Beta']);
      expect(await names({ statuses: ['ACTIVE'], verticals: ['TRAVEL'] })).toEqual(['Alpha 100%']);
      expect(await names({ statuses: [] })).toEqual([]);
      expect(await names({ search: 'alpha 100%' })).toEqual(['Alpha 100%']);
      expect(await names({ search: '%' })).toEqual(['Alpha 100%']);
      expect(await names({ search: '_' })).toEqual([]);
      expect(await names({ inFlightAt: NOON })).toEqual(['Alpha 100%', 'Gamma']);
      expect(await store.campaigns.count(advertiserId, { verticals: ['TRAVEL'] })).toBe(2);
    });

    test('is drawn by chance where more match than are wanted: newest first, each draw its own, the same draw the same', async () => {
      const { store, advertiserId } = subject();
      await store.campaigns.insertMany(Array.from({ length: 40 }, (_, i) => aCampaign(advertiserId, { name: `Drawn ${i}`, createdAt: later(i) })));
      const drawn = (most: number, draw: string, filter = {}): Promise<string[]> => store.campaigns.drawn(advertiserId, filter, most, draw).then((all) => all.map(({ name }) => name));
      const newestFirst = Array.from({ length: 40 }, (_, i) => `Drawn ${39 - i}`);
      expect(await drawn(40, 'a')).toEqual(newestFirst);
      const draws = await Promise.all(Array.from({ length: 30 }, (_, i) => drawn(20, `draw ${i}`)));
      for (const each of draws) expect(each).toEqual(newestFirst.filter((name) => each.includes(name)));
      expect(new Set(draws.flat()).size).toBe(40);
      expect(new Set(draws.map((each) => each.join())).size).toBe(30);
      expect(await drawn(20, 'draw 7')).toEqual(draws[7]);
      expect(await drawn(20, 'draw 7', { search: 'Drawn 1' })).toHaveLength(11);
    });
  });

  describe('a creative', () => {
    test('comes back as it was given, findings and provenance included', async () => {
      const { store, advertiserId } = subject();
      const campaign = aCampaign(advertiserId);
      await store.campaigns.insert(campaign);
      const creative = aCreative(campaign, {
        origin: 'GENERATED',
        findings: [{ rule: 'banned-word', severity: 'BLOCKING', field: 'headline', message: 'Leave out "cheap".' }],
        provenance: {
          generationJobId: testIds.next(),
          modelVersionId: null,
          prompt: '<|vertical|>ecommerce',
          seed: 7,
          template: { headline: '<product>, made for mud', body: null, callToAction: null },
          logProbability: -1.25,
          parentId: null,
          profileId: null,
        },
        counts: { impressions: 10, clicks: 2, conversions: 1, valueMicros: 12_345_678_901_234_567n },
      });
      expect(await store.creatives.insertMany([creative])).toEqual([creative]);
      expect(await store.creatives.byIds(advertiserId, [creative.id])).toEqual([creative]);
    });

    test('keeps its counts, origin and provenance when it is updated', async () => {
      const { store, advertiserId } = subject();
      const campaign = aCampaign(advertiserId);
      await store.campaigns.insert(campaign);
      const creative = aCreative(campaign, { counts: { impressions: 5, clicks: 1, conversions: 0, valueMicros: 3n } });
      await store.creatives.insertMany([creative]);
      const saved = await store.creatives.update(
        { ...creative, headline: 'New', status: 'PAUSED', origin: 'IMPORTED', counts: { impressions: 0, clicks: 0, conversions: 0, valueMicros: 0n } },
        1,
      );
      expect(saved).toEqual({ ...creative, headline: 'New', status: 'PAUSED', version: 2 });
      expect(await store.creatives.update({ ...creative, headline: 'Stale' }, 1)).toBeNull();
    });

    test('has an external id of its own within its campaign', async () => {
      const { store, advertiserId } = subject();
      const campaigns = [aCampaign(advertiserId), aCampaign(advertiserId)] as const;
      await store.campaigns.insertMany(campaigns);
      const arms = () => campaigns.map((campaign) => aCreative(campaign, { externalId: 'arm-1' }));
      expect(await store.creatives.insertMany(arms())).toHaveLength(2);
      expect(await store.creatives.insertMany(arms())).toEqual([]);
      expect(await store.creatives.byExternalIds(advertiserId, campaigns[0].id, ['arm-1'])).toMatchObject([{ campaignId: campaigns[0].id }]);
    });

    test('the same page of fifty campaigns costs one statement', async () => {
      const { store, advertiserId } = subject();
      const campaigns = Array.from({ length: 50 }, () => aCampaign(advertiserId));
      await store.campaigns.insertMany(campaigns);
      await store.creatives.insertMany(campaigns.flatMap((campaign, i) => Array.from({ length: i % 4 }, (_, n) => aCreative(campaign, { headline: `H${n}`, createdAt: later(n) }))));
      const ids = campaigns.map(({ id }) => id);
      const before = store.statementCount();
      const pages = await store.creatives.pageByCampaignIds(advertiserId, ids, { statuses: ['APPROVED'] }, { first: 2 });
      const counted = await store.creatives.countByCampaignIds(advertiserId, ids, {});
      expect(store.statementCount() - before).toBe(2);
      expect([...pages.keys()]).toEqual(ids);
      expect(pages.get(ids[0]!)).toEqual({ edges: [], hasNextPage: false });
      expect(pages.get(ids[2]!)!.edges.map(({ node }) => node.headline)).toEqual(['H1', 'H0']);
      expect(pages.get(ids[3]!)).toMatchObject({ edges: [{ node: { headline: 'H2' } }, { node: { headline: 'H1' } }], hasNextPage: true });
      expect(ids.slice(0, 4).map((id) => counted.get(id))).toEqual([0, 1, 2, 3]);
      const rest = await store.creatives.pageByCampaignIds(advertiserId, [ids[3]!], {}, { first: 2, after: pages.get(ids[3]!)!.edges[1]!.cursor });
      expect(rest.get(ids[3]!)).toMatchObject({ edges: [{ node: { headline: 'H0' } }], hasNextPage: false });
    });

    test('lends its words to the search for duplicates until it is archived', async () => {
      const { store, advertiserId } = subject();
      const campaign = aCampaign(advertiserId);
      await store.campaigns.insert(campaign);
      await store.creatives.insertMany([aCreative(campaign, { headline: 'Kept', body: null, callToAction: null }), aCreative(campaign, { headline: 'Gone', status: 'ARCHIVED' })]);
      expect(await store.creatives.textsByCampaign(advertiserId, campaign.id)).toEqual([{ id: expect.any(String), headline: 'Kept', body: null, callToAction: null }]);
    });
  });
});
