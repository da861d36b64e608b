import type { Creative } from '../../src/domain/entities/creative';
import type { ModelVersion } from '../../src/domain/entities/model-version';
import { aCampaign, aCreative, aModelVersion, anOutcome, aPrediction, aProfile, later } from '../support/entities';
import { testIds } from '../support/embedded-store';
import { onEachDatabase, type Subject } from './on-each-database';

/** A campaign with creatives, and a model. */
async function scene({ store, advertiserId }: Subject, creatives = 2): Promise<{ creatives: Creative[]; model: ModelVersion }> {
  const campaign = aCampaign(advertiserId);
  await store.campaigns.insert(campaign);
  const made = await store.creatives.insertMany(Array.from({ length: creatives }, () => aCreative(campaign)));
  return { creatives: made.toSorted((a, b) => (a.id < b.id ? -1 : 1)), model: await store.modelVersions.register(aModelVersion(advertiserId)) };
}

onEachDatabase((subject) => {
  describe('predictions', () => {
    test('come back as they were given', async () => {
      const { store, advertiserId } = subject();
      const { creatives, model } = await scene(subject());
      const [profile] = await store.profiles.ensureMany([aProfile(advertiserId)]);
      const full = aPrediction(creatives[0]!, model, { profileId: profile!.id, profileVersion: 1, pClick: 0.1 + 0.2, pConversion: 1e-300 });
      const bare = aPrediction(creatives[1]!, model, { explanation: null });
      expect((await store.predictions.append([full, bare])).toSorted()).toEqual([full.id, bare.id].toSorted());
      expect(await store.predictions.byIds(advertiserId, [full.id])).toEqual([full]);
      expect(await store.predictions.byIds(advertiserId, [bare.id])).toEqual([bare]);
    });

    test('a flush may be tried again, and what was erased meanwhile does not fail the rest', async () => {
      const { store } = subject();
      const { creatives, model } = await scene(subject());
      const good = aPrediction(creatives[0]!, model);
      const orphan = aPrediction({ ...creatives[0]!, id: testIds.next() }, model);
      const nobody = aPrediction(creatives[0]!, model, { profileId: testIds.next() });
      expect(await store.predictions.append([orphan, good, nobody])).toEqual([good.id]);
      expect(await store.predictions.append([good])).toEqual([]);
    });

    test('the latest of each creative cost one statement, for one profile if asked', async () => {
      const { store, advertiserId } = subject();
      const { creatives, model } = await scene(subject(), 30);
      const [profile] = await store.profiles.ensureMany([aProfile(advertiserId)]);
      const made = creatives.slice(1).flatMap((creative) => [0, 1, 2].map((n) => aPrediction(creative, model, { createdAt: later(n), rank: n + 1, profileId: n === 0 ? profile!.id : null })));
      await store.predictions.append(made);
      const ids = creatives.map(({ id }) => id);
      const before = store.statementCount();
      const latest = await store.predictions.latestByCreativeIds(advertiserId, ids);
      expect(store.statementCount() - before).toBe(1);
      expect(latest.get(ids[0]!)).toEqual([]);
      expect(ids.slice(1).every((id) => latest.get(id)!.length === 1 && latest.get(id)![0]!.rank === 3)).toBe(true);
      const two = await store.predictions.latestByCreativeIds(advertiserId, [ids[5]!], {}, 2);
      expect(two.get(ids[5]!)!.map(({ rank }) => rank)).toEqual([3, 2]);
      const ofProfile = await store.predictions.latestByCreativeIds(advertiserId, [ids[5]!], { profileIds: [profile!.id] });
      expect(ofProfile.get(ids[5]!)!.map(({ rank }) => rank)).toEqual([1]);
      expect((await store.predictions.latestByProfileIds(advertiserId, [profile!.id], 4)).get(profile!.id)).toHaveLength(4);
    });

    test.each([
      ['P_CLICK', 'DESC', [0.9, 0.5, 0.5, 0.1]],
      ['P_CLICK', 'ASC', [0.1, 0.5, 0.5, 0.9]],
      ['EXPECTED_VALUE', 'ASC', [0.9, 0.5, 0.5, 0.1]],
      ['RANK', 'ASC', [0.1, 0.9, 0.5, 0.5]],
    ] as const)('are paged by %s %s without gap or repeat, ties included', async (field, direction, expected) => {
      const { store, advertiserId } = subject();
      const { creatives, model } = await scene(subject());
      const of = (pClick: number, rank: number) => aPrediction(creatives[0]!, model, { pClick, rank, expectedValueMicros: BigInt(Math.round(-pClick * 1e6)) });
      await store.predictions.append([of(0.5, 3), of(0.1, 1), of(0.9, 2), of(0.5, 3)]);
      const seen: number[] = [];
      const ids = new Set<string>();
      let after: string | null = null;
      for (let more = true; more; ) {
        const page = await store.predictions.page(advertiserId, { creativeIds: [creatives[0]!.id] }, { first: 1, after, sort: { field, direction } });
        for (const { node, cursor } of page.edges) {
          seen.push(node.pClick);
          ids.add(node.id);
          after = cursor;
        }
        more = page.hasNextPage;
      }
      expect(seen).toEqual(expected);
      expect(ids.size).toBe(4);
    });

    test('filter by who, what, with which model, in which ranking and when', async () => {
      const { store, advertiserId } = subject();
      const { creatives, model } = await scene(subject());
      const other = await store.modelVersions.register(aModelVersion(advertiserId));
      const rankingId = testIds.next();
      await store.predictions.append([
        aPrediction(creatives[0]!, model, { rank: 1, rankingId, createdAt: later(0) }),
        aPrediction(creatives[1]!, other, { rank: 2, createdAt: later(10) }),
      ]);
      const ranks = async (filter: Parameters<typeof store.predictions.page>[1]) => (await store.predictions.page(advertiserId, filter, { first: 9 })).edges.map(({ node }) => node.rank);
      expect(await ranks({})).toEqual([2, 1]);
      expect(await ranks({ campaignIds: [creatives[0]!.campaignId] })).toEqual([2, 1]);
      expect(await ranks({ modelVersionIds: [other.id] })).toEqual([2]);
      expect(await ranks({ rankingIds: [rankingId] })).toEqual([1]);
      expect(await ranks({ since: later(10) })).toEqual([2]);
      expect(await ranks({ until: later(10) })).toEqual([1]);
      expect(await ranks({ profileIds: [] })).toEqual([]);
    });
  });

  describe('outcomes', () => {
    test('are counted on their creative in the same statement', async () => {
      const { store, advertiserId } = subject();
      const { creatives } = await scene(subject());
      const [first, second] = creatives as [Creative, Creative];
      const batch = [
        anOutcome(first, { count: 1_000 }),
        anOutcome(first, { kind: 'CLICK', count: 20 }),
        anOutcome(first, { kind: 'CONVERSION', valueMicros: 12_345_678_901_234_567n }),
        anOutcome(second, { campaignId: testIds.next() }),
      ];
      const before = store.statementCount();
      const { recorded } = await store.outcomes.record(batch);
      expect(store.statementCount() - before).toBe(1);
      expect(new Map(recorded.map((outcome) => [outcome.id, outcome]))).toEqual(new Map(batch.map((outcome) => [outcome.id, { ...outcome, campaignId: first.campaignId }])));
      const counted = new Map((await store.creatives.byIds(advertiserId, [first.id, second.id])).map(({ id, counts }) => [id, counts]));
      expect(counted).toEqual(
        new Map([
          [first.id, { impressions: 1_000, clicks: 20, conversions: 1, valueMicros: 12_345_678_901_234_567n }],
          [second.id, { impressions: 1, clicks: 0, conversions: 0, valueMicros: 0n }],
        ]),
      );
      expect(await store.creatives.byIds(advertiserId, [first.id])).toMatchObject([{ version: 1 }]);
    });

    test('count once however often they are sent, and say which were repeats and which had no creative', async () => {
      const { store, advertiserId } = subject();
      const { creatives } = await scene(subject());
      const outcome = anOutcome(creatives[0]!, { outcomeId: 'o1' });
      await store.outcomes.record([outcome]);
      const { recorded, repeatedOutcomeIds, unknownCreativeOutcomeIds } = await store.outcomes.record([
        anOutcome(creatives[0]!, { outcomeId: 'o1' }),
        anOutcome(creatives[0]!, { outcomeId: 'o2' }),
        anOutcome(creatives[0]!, { outcomeId: 'o2' }),
        anOutcome({ ...creatives[0]!, id: testIds.next() }, { outcomeId: 'o3' }),
      ]);
      expect(recorded.map(({ outcomeId }) => outcomeId)).toEqual(['o2']);
      expect(repeatedOutcomeIds.toSorted()).toEqual(['o1', 'o2']);
      expect(unknownCreativeOutcomeIds).toEqual(['o3']);
      expect(await store.creatives.byIds(advertiserId, [creatives[0]!.id])).toMatchObject([{ counts: { impressions: 2 } }]);
    });

    test('recorded by many at once, on the same creatives in any order, are all counted', async () => {
      const { store, advertiserId } = subject();
      const { creatives } = await scene(subject(), 6);
      const batches = Array.from({ length: 12 }, (_, i) => {
        const inOrder = i % 2 === 0 ? creatives : creatives.toReversed();
        return inOrder.flatMap((creative) => [anOutcome(creative), anOutcome(creative, { kind: 'CLICK' })]);
      });
      await Promise.all([...batches, ...batches.slice(0, 3)].map((batch) => store.outcomes.record(batch)));
      const counted = await store.creatives.byIds(advertiserId, creatives.map(({ id }) => id));
      expect(counted.map(({ counts }) => counts)).toEqual(creatives.map(() => ({ impressions: 12, clicks: 12, conversions: 0, valueMicros: 0n })));
    });

    test('are listed by creative and kind', async () => {
      const { store, advertiserId } = subject();
      const { creatives } = await scene(subject());
      await store.outcomes.record([anOutcome(creatives[0]!, { occurredAt: later(1) }), anOutcome(creatives[0]!, { kind: 'CLICK', occurredAt: later(2) }), anOutcome(creatives[1]!)]);
      const page = await store.outcomes.page(advertiserId, { creativeIds: [creatives[0]!.id] }, { first: 5 });
      expect(page.edges.map(({ node }) => node.kind)).toEqual(['CLICK', 'IMPRESSION']);
      expect((await store.outcomes.page(advertiserId, { kinds: ['CLICK'] }, { first: 5 })).edges).toHaveLength(1);
    });
  });
});
