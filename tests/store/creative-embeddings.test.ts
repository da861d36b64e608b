import type { CreativeEmbedding } from '../../src/domain/entities/creative-embedding';
import { aCampaign, aCreative, aModelVersion, NOON, later } from '../support/entities';
import { testIds } from '../support/embedded-store';
import { onEachDatabase } from './on-each-database';

onEachDatabase((subject) => {
  async function scene() {
    const { store, advertiserId } = subject();
    const campaign = aCampaign(advertiserId);
    await store.campaigns.insert(campaign);
    const model = await store.modelVersions.register(aModelVersion(advertiserId));
    const embedding = (creativeId: string, stated: Partial<CreativeEmbedding> = {}): CreativeEmbedding => ({
      advertiserId, creativeId, modelVersionId: model.id, textHash: 'h1', vector: Float32Array.of(1.5, -2.25, 1e-30, 0), createdAt: NOON, ...stated,
    });
    return { store, advertiserId, campaign, model, embedding };
  }

  describe('embeddings of creatives', () => {
    test('come back number for number, many in one statement', async () => {
      const { store, advertiserId, campaign, embedding } = await scene();
      const made = await store.creatives.insertMany(Array.from({ length: 300 }, () => aCreative(campaign)));
      const given = made.map(({ id }, i) => embedding(id, { vector: Float32Array.from({ length: 34 }, (_, d) => Math.fround(Math.sin(i * 34 + d) * 10 ** (d - 17))) }));
      const before = store.statementCount();
      expect((await store.creativeEmbeddings.putMany(given)).toSorted()).toEqual(made.map(({ id }) => id).toSorted());
      expect(store.statementCount() - before).toBe(1);
      const found = await store.creativeEmbeddings.byCreativeIds(advertiserId, made.map(({ id }) => id));
      expect(new Map(found.map((e) => [e.creativeId, e]))).toEqual(new Map(given.map((e) => [e.creativeId, e])));
    });

    test('are one for each creative: new numbers write over old ones, the last of a call wins', async () => {
      const { store, advertiserId, campaign, embedding } = await scene();
      const [creative] = await store.creatives.insertMany([aCreative(campaign)]);
      const newer = await store.modelVersions.register(aModelVersion(advertiserId));
      await store.creativeEmbeddings.putMany([embedding(creative!.id)]);
      const last = embedding(creative!.id, { modelVersionId: newer.id, textHash: 'h3', vector: Float32Array.of(7), createdAt: later(5) });
      await store.creativeEmbeddings.putMany([embedding(creative!.id, { textHash: 'h2' }), last]);
      expect(await store.creativeEmbeddings.byCreativeIds(advertiserId, [creative!.id])).toEqual([last]);
    });

    test('pass over creatives that are gone, or are somebody else\'s', async () => {
      const { store, advertiserId, campaign, embedding } = await scene();
      const [creative] = await store.creatives.insertMany([aCreative(campaign)]);
      const other = (await store.advertisers.ensure(`Other ${testIds.next()}`)).id;
      const foreign = { ...embedding(creative!.id), advertiserId: other };
      expect(await store.creativeEmbeddings.putMany([embedding(testIds.next()), foreign, ])).toEqual([]);
      expect(await store.creativeEmbeddings.byCreativeIds(advertiserId, [creative!.id])).toEqual([]);
      expect(await store.creativeEmbeddings.putMany([])).toEqual([]);
    });
  });

  describe('what the first stage reads', () => {
    test('are approved creatives alone, page by page without gap or repeat, with counts and embedding', async () => {
      const { store, advertiserId, campaign, model, embedding } = await scene();
      const approved = Array.from({ length: 25 }, (_, i) => aCreative(campaign, { counts: { impressions: 9, clicks: i, conversions: 1, valueMicros: 0n } }));
      await store.creatives.insertMany([...approved, ...(['DRAFT', 'PAUSED', 'ARCHIVED'] as const).map((status) => aCreative(campaign, { status }))]);
      await store.creativeEmbeddings.putMany([embedding(approved[3]!.id)]);
      const read = [];
      for (let after: string | null = null; ; ) {
        const page = await store.creativeEmbeddings.approvedAfter(advertiserId, after, 10);
        read.push(...page);
        if (page.length < 10) break;
        after = page.at(-1)!.id;
      }
      expect(read).toEqual(approved.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((creative) => ({
        id: creative.id, campaignId: campaign.id, headline: creative.headline, body: creative.body, clicks: creative.counts.clicks, conversions: 1,
        embedding: creative.id === approved[3]!.id ? { modelVersionId: model.id, textHash: 'h1', vector: Float32Array.of(1.5, -2.25, 1e-30, 0) } : null,
      })));
    });

    test('of some creatives are those that are approved now', async () => {
      const { store, advertiserId, campaign } = await scene();
      const [a, b] = await store.creatives.insertMany([aCreative(campaign), aCreative(campaign, { status: 'PAUSED' })]);
      const found = await store.creativeEmbeddings.approvedByIds(advertiserId, [a!.id, b!.id, testIds.next()]);
      expect(found.map(({ id }) => id)).toEqual([a!.id]);
      expect(await store.creativeEmbeddings.approvedByIds(testIds.next(), [a!.id])).toEqual([]);
      expect(await store.creativeEmbeddings.approvedByIds(advertiserId, [])).toEqual([]);
    });
  });
});
