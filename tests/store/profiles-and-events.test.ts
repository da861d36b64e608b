import { aProfile, anEvent, later, NOON } from '../support/entities';
import { testIds } from '../support/embedded-store';
import { onEachDatabase } from './on-each-database';

onEachDatabase((subject) => {
  describe('a profile', () => {
    test('is made once per external id, and who asks for it gets the one that is there', async () => {
      const { store, advertiserId } = subject();
      const first = aProfile(advertiserId, { externalId: 'ada', segments: ['a "quoted" one', 'b,c', '{d}'] });
      expect(await store.profiles.ensureMany([first])).toEqual([first]);
      const again = aProfile(advertiserId, { externalId: 'ada', profileText: 'ignored' });
      const other = aProfile(advertiserId, { externalId: 'bo', segments: [], attributes: {} });
      const both = await store.profiles.ensureMany([again, other, { ...other, id: testIds.next() }]);
      expect(both).toHaveLength(2);
      expect(both.find(({ externalId }) => externalId === 'ada')).toEqual(first);
      expect(await store.profiles.byExternalIds(advertiserId, ['ada', 'bo', 'nobody'])).toHaveLength(2);
    });

    test('asked for by many at once is made once', async () => {
      const { store, advertiserId } = subject();
      const rounds = await Promise.all(Array.from({ length: 10 }, () => store.profiles.ensureMany([aProfile(advertiserId, { externalId: 'ada' })])));
      expect(new Set(rounds.flat().map(({ id }) => id)).size).toBe(1);
    });

    test('is updated many at a time, the stale ones left alone', async () => {
      const { store, advertiserId } = subject();
      const [ada, bo, cy] = await store.profiles.ensureMany(['ada', 'bo', 'cy'].map((externalId) => aProfile(advertiserId, { externalId })));
      await store.profiles.updateMany([{ ...bo!, profileText: 'moved on' }]);
      const before = store.statementCount();
      const saved = await store.profiles.updateMany(
        [ada!, bo!, cy!].map((profile) => ({
          ...profile,
          segments: ['new', 'er'],
          interests: [{ name: 'climbing', weight: 0.1, updatedAt: later(5) }],
          recentItems: [],
          profileText: 'Ropes | Chalk',
          updatedAt: later(5),
        })),
      );
      expect(store.statementCount() - before).toBe(1);
      expect(saved.map(({ externalId, version, segments, profileText }) => ({ externalId, version, segments, profileText })).toSorted((a, b) => (a.externalId < b.externalId ? -1 : 1))).toEqual([
        { externalId: 'ada', version: 2, segments: ['new', 'er'], profileText: 'Ropes | Chalk' },
        { externalId: 'cy', version: 2, segments: ['new', 'er'], profileText: 'Ropes | Chalk' },
      ]);
      expect(await store.profiles.byIds(advertiserId, [bo!.id])).toMatchObject([{ profileText: 'moved on', version: 2 }]);
      expect(saved[0]!.interests).toEqual([{ name: 'climbing', weight: 0.1, updatedAt: later(5) }]);
    });

    test('filters by segment, interest, consent and the start of the external id', async () => {
      const { store, advertiserId } = subject();
      await store.profiles.ensureMany([
        aProfile(advertiserId, { externalId: 'crm:1', segments: ['vip'] }),
        aProfile(advertiserId, { externalId: 'crm:2', interests: [{ name: 'baking', weight: 1, updatedAt: NOON }], consent: { personalisation: false, training: false, measurement: false } }),
        aProfile(advertiserId, { externalId: 'web_3', segments: [] }),
      ]);
      const who = async (filter: Parameters<typeof store.profiles.page>[1]) =>
        (await store.profiles.page(advertiserId, filter, { first: 10, sort: { field: 'EXTERNAL_ID', direction: 'ASC' } })).edges.map(({ node }) => node.externalId);
      expect(await who({ segmentsAnyOf: ['vip', 'other'] })).toEqual(['crm:1']);
      expect(await who({ interestsAnyOf: ['baking'] })).toEqual(['crm:2']);
      expect(await who({ consent: { personalisation: true } })).toEqual(['crm:1', 'web_3']);
      expect(await who({ search: 'crm:' })).toEqual(['crm:1', 'crm:2']);
      expect(await who({ search: 'crm:%' })).toEqual([]);
      expect(await who({ externalIds: ['web_3'] })).toEqual(['web_3']);
      expect(await store.profiles.count(advertiserId, { search: 'crm' })).toBe(2);
    });
  });

  describe('events', () => {
    test('are kept once per caller id, within a batch and between batches', async () => {
      const { store, advertiserId } = subject();
      const [profile] = await store.profiles.ensureMany([aProfile(advertiserId)]);
      const one = anEvent(profile!, { eventId: 'e1', value: 19.99, category: null });
      expect(await store.events.record([one, anEvent(profile!, { eventId: 'e1' }), anEvent(profile!, { eventId: 'e2' })])).toMatchObject([one, { eventId: 'e2' }]);
      expect(await store.events.record([anEvent(profile!, { eventId: 'e1', itemText: 'a replay' })])).toEqual([]);
      expect(await store.events.byIds(advertiserId, [one.id])).toEqual([one]);
    });

    test('of a thousand a batch go in as one statement', async () => {
      const { store, advertiserId } = subject();
      const profiles = await store.profiles.ensureMany(Array.from({ length: 20 }, () => aProfile(advertiserId)));
      const batch = Array.from({ length: 1_000 }, (_, i) => anEvent(profiles[i % 20]!, { occurredAt: later(i) }));
      const before = store.statementCount();
      expect(await store.events.record(batch)).toHaveLength(1_000);
      expect(store.statementCount() - before).toBe(1);
      const latest = await store.events.latestByProfileIds(advertiserId, profiles.map(({ id }) => id), 3);
      expect(store.statementCount() - before).toBe(2);
      expect([...latest.values()].every((events) => events.length === 3)).toBe(true);
      expect(latest.get(profiles[19]!.id)!.map(({ occurredAt }) => occurredAt)).toEqual([later(999), later(979), later(959)]);
    });

    test('a batch with one event of a profile that is not there keeps none', async () => {
      const { store, advertiserId } = subject();
      const [profile] = await store.profiles.ensureMany([aProfile(advertiserId)]);
      const good = anEvent(profile!);
      await expect(store.events.record([good, anEvent({ id: testIds.next(), advertiserId })])).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await store.events.byIds(advertiserId, [good.id])).toEqual([]);
    });
  });
});
