import path from 'node:path';
import { AdloomError } from '../../../src/base/errors';
import { silentLogger, type Logger } from '../../../src/base/logger';
import { createJobQueue } from '../../../src/jobs/job-queue';
import { openRetriever } from '../../../src/ml/retrieval/open-retriever';
import type { Scorer } from '../../../src/ml/serve/types';
import { createBus } from '../../../src/modules/bus';
import { creativeChanged } from '../../../src/modules/creatives/creative-changed';
import { registerModel } from '../../../src/modules/models/register-model';
import { worthOf } from '../../../src/modules/predictions/expected-value';
import { createCreativeIndex, type CreativeIndex } from '../../../src/modules/retrieval/creative-index';
import { systemClock } from '../../../src/base/clock';
import type { Campaign } from '../../../src/domain/entities/campaign';
import type { Store } from '../../../src/store/store';
import { editTensors, CTR, ModelDirectories } from '../../ml/serve/model-directories';
import { openTestStore, testIds } from '../../support/embedded-store';
import { aCampaign, aCreative } from '../../support/entities';

const directories = new ModelDirectories();
let opened: Awaited<ReturnType<typeof openTestStore>>;
let store: Store;
let scorer: Scorer;
const closers: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
  scorer = await directories.scorer(CTR);
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});
afterAll(async () => {
  await opened.discard();
  await directories.remove();
});

/** An index as a process of its own would have it. */
async function indexOver(given: { store?: Store; scorer?: Scorer; advertiserId?: string; capacity?: number; logger?: Logger } = {}): Promise<CreativeIndex & { modelVersionId: string }> {
  const over = { store, scorer, advertiserId: store.defaultAdvertiserId, logger: silentLogger, ...given };
  const modelVersionId = await registerModel({ store, clock: systemClock, ids: testIds, advertiserId: over.advertiserId }, over.scorer.identity);
  const bus = createBus({ ...over, pollMs: 50 });
  const jobs = createJobQueue(over.logger);
  const index = createCreativeIndex({
    ...over, bus, jobs, clock: systemClock, modelVersionId, retryMs: 10,
    openRetriever: () => openRetriever(over.scorer.identity.directory, { capacity: over.capacity }),
  });
  closers.push(() => jobs.close(), () => index.close(), () => Promise.resolve(bus.close()));
  return Object.assign(index, { modelVersionId });
}

async function campaignOf(headlines: readonly string[], advertiserId = store.defaultAdvertiserId): Promise<{ campaign: Campaign; ids: string[] }> {
  const campaign = aCampaign(advertiserId);
  await store.campaigns.insert(campaign);
  const made = await store.creatives.insertMany(headlines.map((headline) => aCreative(campaign, { headline, body: null })));
  return { campaign, ids: made.map(({ id }) => id) };
}

const best = async (index: CreativeIndex, campaign: Campaign, prefix = '') =>
  (await index.top({ prefix, k: 10, groups: [{ group: campaign.id, worth: worthOf({ ...campaign.objectives, conversionWeight: 0 }) }] })).found;

const HEADLINES = ['Mud is part of the plan', 'Rooftops before breakfast', 'Lace up', 'Find your line', 'Rain, roots and climbs'];

async function expectRead(index: CreativeIndex, campaign: Campaign, ids: readonly string[], model: Scorer): Promise<void> {
  const found = await best(index, campaign);
  const { scores } = await model.score({ prefix: '', texts: HEADLINES });
  expect(new Map(found.map(({ key, probability }) => [key, probability]))).toEqual(new Map(ids.map((id, i) => [id, expect.closeTo(scores[i]!.probability, 6)])));
}

describe('the index of creatives', () => {
  test('has all that is approved at its start, before the model has read it, and then what the model says', async () => {
    const { campaign, ids } = await campaignOf(HEADLINES);
    const index = await indexOver();
    expect((await best(index, campaign)).map(({ key }) => key).toSorted()).toEqual(ids.toSorted());
    await index.complete();
    await expectRead(index, campaign, ids, scorer);
    const kept = await store.creativeEmbeddings.byCreativeIds(store.defaultAdvertiserId, ids);
    expect(kept.map(({ modelVersionId }) => modelVersionId)).toEqual(ids.map(() => index.modelVersionId));
  });

  test('reads nothing again that the same model has read', async () => {
    const { campaign, ids } = await campaignOf(HEADLINES);
    const first = await indexOver();
    await first.complete();
    const before = await store.creativeEmbeddings.byCreativeIds(store.defaultAdvertiserId, ids);
    const second = await indexOver();
    await second.complete();
    await expectRead(second, campaign, ids, scorer);
    expect(await store.creativeEmbeddings.byCreativeIds(store.defaultAdvertiserId, ids)).toEqual(before);
  });

  test('is made anew for another model: what the old one said is stale', async () => {
    const { campaign, ids } = await campaignOf(HEADLINES);
    await (await indexOver()).complete();
    const directory = directories.copyOf(CTR);
    await editTensors(path.join(directory, 'model.safetensors'), (tensors) => {
      const head = tensors.get('score.weight')!.data as Float32Array;
      head.forEach((weight, i) => (head[i] = -2 * weight));
    });
    const newer = await directories.scorer(directory);
    const index = await indexOver({ scorer: newer });
    await index.complete();
    await expectRead(index, campaign, ids, newer);
    const kept = await store.creativeEmbeddings.byCreativeIds(store.defaultAdvertiserId, ids);
    expect(new Set(kept.map(({ modelVersionId }) => modelVersionId))).toEqual(new Set([index.modelVersionId]));
  });

  test('hears what another process approved, before it answers', async () => {
    const { campaign } = await campaignOf([]);
    const index = await indexOver();
    expect(await best(index, campaign)).toEqual([]);
    // A bus of its own: nobody wakes ours.
    const other = createBus({ store, advertiserId: store.defaultAdvertiserId, logger: silentLogger });
    const creative = aCreative(campaign);
    await store.transaction(async (tx) => {
      await tx.creatives.insertMany([creative]);
      await other.record(tx, 'creativeChanged', creativeChanged(creative, 'CREATED'));
    });
    expect((await best(index, campaign)).map(({ key }) => key)).toEqual([creative.id]);
    other.close();
  });

  test('looks at every creative again where news was forgotten before it was heard', async () => {
    const { campaign, ids: [kept, paused] } = await campaignOf(HEADLINES.slice(0, 2));
    const index = await indexOver();
    expect(await best(index, campaign)).toHaveLength(2);
    const other = createBus({ store, advertiserId: store.defaultAdvertiserId, logger: silentLogger });
    const creative = aCreative(campaign);
    const [before] = await store.creatives.byIds(store.defaultAdvertiserId, [paused!]);
    await store.transaction(async (tx) => {
      await tx.creatives.insertMany([creative]);
      await tx.creatives.update({ ...before!, status: 'PAUSED' }, before!.version);
      await other.record(tx, 'creativeChanged', creativeChanged(creative, 'CREATED'));
      await tx.feed.prune(new Date('2100-01-01'), 1_000);
    });
    expect((await best(index, campaign)).map(({ key }) => key).toSorted()).toEqual([kept, creative.id].toSorted());
    other.close();
  });

  test('never holds another advertiser\'s', async () => {
    const stranger = (await store.advertisers.ensure(`Stranger ${testIds.next()}`)).id;
    const { campaign } = await campaignOf(HEADLINES, stranger);
    expect(await best(await indexOver(), campaign)).toEqual([]);
    expect(await best(await indexOver({ advertiserId: stranger }), campaign)).toHaveLength(HEADLINES.length);
  });

  test('catches up by itself when the store was away', async () => {
    const { campaign, ids } = await campaignOf(HEADLINES);
    const state = { down: true };
    const refuse = () => Promise.reject(new AdloomError('STORE_UNAVAILABLE', 'The database does not answer.'));
    const putMany: Store['creativeEmbeddings']['putMany'] = (rows) => (state.down ? refuse() : store.creativeEmbeddings.putMany(rows));
    const flaky = Object.assign(Object.create(store) as Store, { creativeEmbeddings: { ...store.creativeEmbeddings, putMany } });
    const warnings: string[] = [];
    const index = await indexOver({ store: flaky, logger: { ...silentLogger, warn: (message) => warnings.push(message) } });
    expect(await best(index, campaign)).toHaveLength(HEADLINES.length);
    while (warnings.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    state.down = false;
    await index.complete();
    await expectRead(index, campaign, ids, scorer);
  });

  test('says when it is full, and answers with what it has', async () => {
    const errors: string[] = [];
    const stranger = (await store.advertisers.ensure(`Large ${testIds.next()}`)).id;
    const { campaign } = await campaignOf(HEADLINES, stranger);
    const index = await indexOver({ advertiserId: stranger, capacity: 3, logger: { ...silentLogger, error: (message) => errors.push(message) } });
    await index.complete();
    expect((await best(index, campaign)).length).toBeLessThanOrEqual(3);
    expect(errors).toEqual([expect.stringContaining('full')]);
  });

  test('stops at once when it is closed, also while it loads, and answers nothing then', async () => {
    await campaignOf(Array.from({ length: 400 }, (_, i) => `Line ${i}`));
    const index = await indexOver();
    index.start();
    await index.close();
    await expect(index.top({ prefix: '', k: 1, groups: [] })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });

  test('lets a caller who goes away go', async () => {
    const { campaign } = await campaignOf(HEADLINES);
    const index = await indexOver();
    const groups = [{ group: campaign.id, worth: worthOf(campaign.objectives) }];
    await expect(index.top({ prefix: '', k: 1, groups }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await index.top({ prefix: '', k: 1, groups })).found).toHaveLength(1);
  });
});
