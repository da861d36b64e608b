import { rmSync, renameSync } from 'node:fs';
import { createBus } from '../../../src/modules/bus';
import { silentLogger } from '../../../src/base/logger';
import type { ModelVersion } from '../../../src/domain/entities/model-version';
import { createExperiment } from '../../../src/modules/experiments/create-experiment';
import { classifierFor } from '../../../src/modules/models/classifier-for';
import { createLiveModels } from '../../../src/modules/models/live-models';
import { promoteModel } from '../../../src/modules/models/promote-model';
import { registerModel } from '../../../src/modules/models/register-model';
import { rollbackModel } from '../../../src/modules/models/rollback-model';
import { rankCreatives } from '../../../src/modules/predictions/rank-creatives';
import type { Store } from '../../../src/store/store';
import { testIds } from '../../support/embedded-store';
import { aCampaign, aCreative, aProfile, later } from '../../support/entities';
import { openSmallClassifier, type SmallClassifier } from '../../support/small-classifier';
import { anAdapterVersion, folders } from './served-adapters';

let opened: SmallClassifier;
let scorer: SmallClassifier['scorer'];
let deps: SmallClassifier['deps'];
let base: string;
beforeAll(async () => {
  opened = await openSmallClassifier();
  scorer = opened.scorer;
});
/** One store; an advertiser of its own for each test. */
beforeEach(async () => {
  const { store } = opened.deps;
  const advertiserId = (await store.advertisers.ensure(`Advertiser ${testIds.next()}`)).id;
  const bus = createBus({ store, advertiserId, logger: silentLogger });
  base = await registerModel({ ...opened.deps, advertiserId }, scorer.identity);
  const liveModels = createLiveModels({ store, bus, clock: opened.deps.clock, logger: silentLogger, advertiserId, scorer, baseVersionId: base });
  deps = { ...opened.deps, advertiserId, bus, liveModels, modelVersionIds: { classifier: base, writer: null } };
});
afterAll(async () => {
  await opened.discard();
  folders.remove();
});

const live = (version: ModelVersion, reason = 'a test'): Promise<ModelVersion | null> => promoteModel(deps, { modelVersionId: version.id, stage: 'LIVE', reason });
const stageOf = async ({ id }: ModelVersion): Promise<string> => (await deps.store.modelVersions.byIds(deps.advertiserId, [id]))[0]!.stage;

describe('a promoted version', () => {
  it('answers for its vertical from then on, and the base for the others', async () => {
    const version = await anAdapterVersion(deps, 1);
    expect(classifierFor(deps, 'ECOMMERCE')).toEqual({ modelVersionId: base });
    await live(version);
    expect(classifierFor(deps, 'ECOMMERCE')).toEqual({ modelVersionId: version.id, adapter: version.adapter });
    expect(classifierFor(deps, 'TRAVEL')).toEqual({ modelVersionId: base });
  });

  it('scores beside the live one, unseen, where it is promoted to SHADOW', async () => {
    const [shown, shadow] = [await anAdapterVersion(deps, 1), await anAdapterVersion(deps, 2)];
    await live(shown);
    await promoteModel(deps, { modelVersionId: shadow.id, stage: 'SHADOW', reason: 'to be compared' });
    expect(classifierFor(deps, 'ECOMMERCE')).toEqual({ modelVersionId: shown.id, adapter: shown.adapter, shadow: { modelVersionId: shadow.id, adapter: shadow.adapter } });
    await live(shadow);
    expect(classifierFor(deps, 'ECOMMERCE')).toEqual({ modelVersionId: shadow.id, adapter: shadow.adapter });
    expect(await stageOf(shown)).toBe('RETIRED');
  });

  it('leaves who did it, why, and what it replaced in the audit trail', async () => {
    const [first, second] = [await anAdapterVersion(deps, 1), await anAdapterVersion(deps, 2)];
    await live(first);
    await live(second, 'fresher');
    const { edges } = await deps.store.audit.page(deps.advertiserId, { entityIds: [second.id] }, { first: 5, after: null });
    expect(edges.map(({ node }) => node)).toMatchObject([{ action: 'promoteModel', details: { stage: 'LIVE', reason: 'fresher', override: false, replaced: first.id } }]);
  });

  it('fails no request, and each is answered by one version, while it is promoted and rolled back ten times', async () => {
    const campaign = aCampaign(deps.advertiserId, { status: 'ACTIVE' });
    const profile = aProfile(deps.advertiserId);
    await deps.store.campaigns.insert(campaign);
    await deps.store.creatives.insertMany(['Mud is part of the plan', 'Leave the road', 'Rooftops'].map((headline) => aCreative(campaign, { headline })));
    await deps.store.profiles.ensureMany([profile]);
    const version = await anAdapterVersion(deps, 3);
    let running = true;
    const seen = new Map<string, Set<string>>();
    const ask = async (): Promise<void> => {
      while (running) {
        const { predictions } = await rankCreatives(deps, { campaign: { id: campaign.id }, profile: { id: profile.id }, first: 3 });
        expect(new Set(predictions.map((each) => each.modelVersionId)).size).toBe(1);
        const told = seen.get(predictions[0]!.modelVersionId!) ?? new Set();
        seen.set(predictions[0]!.modelVersionId!, told.add(predictions.map(({ creativeId, pClick }) => `${creativeId} ${pClick.toFixed(4)}`).toSorted().join()));
      }
    };
    const asking = Promise.all([ask(), ask(), ask()]);
    for (let i = 0; i < 10; i++) {
      await live(version);
      await rollbackModel(deps, { kind: 'CLASSIFIER', vertical: 'ECOMMERCE' });
    }
    running = false;
    await asking;
    // Each version says one thing, and the two differ: no answer was of one version under the other's name.
    expect([...seen.keys()].toSorted()).toEqual([base, version.id].toSorted());
    expect([...seen.values()].map((told) => told.size)).toEqual([1, 1]);
    expect(seen.get(base)).not.toEqual(seen.get(version.id));
  });

  it('serves in another process within what the feed takes', async () => {
    const version = await anAdapterVersion(deps, 1);
    const bus = createBus({ store: deps.store, advertiserId: deps.advertiserId, logger: silentLogger, pollMs: 20 });
    const other = createLiveModels({ store: deps.store, bus, clock: deps.clock, logger: silentLogger, advertiserId: deps.advertiserId, scorer, baseVersionId: base });
    await other.refresh();
    other.start();
    await live(version);
    while (other.classifier('ECOMMERCE')!.modelVersionId !== version.id) await new Promise((resolve) => setTimeout(resolve, 10));
    await rollbackModel(deps, { kind: 'CLASSIFIER', vertical: 'ECOMMERCE' });
    while (other.classifier('ECOMMERCE')!.modelVersionId !== base) await new Promise((resolve) => setTimeout(resolve, 10));
    other.close();
    bus.close();
  });

  it('serves in another process that slept until the news of it was forgotten', async () => {
    const version = await anAdapterVersion(deps, 1);
    let asleep = true;
    const latestCursor: Store['feed']['latestCursor'] = (...asked) => (asleep ? Promise.reject(new Error('asleep')) : deps.store.feed.latestCursor(...asked));
    const bus = createBus({ store: { feed: { ...deps.store.feed, latestCursor } }, advertiserId: deps.advertiserId, logger: silentLogger, pollMs: 20 });
    const other = createLiveModels({ store: deps.store, bus, clock: deps.clock, logger: silentLogger, advertiserId: deps.advertiserId, scorer, baseVersionId: base });
    await other.refresh();
    other.start();
    await live(version);
    await deps.store.feed.prune(new Date('2100-01-01'), 1_000);
    asleep = false;
    while (other.classifier('ECOMMERCE')!.modelVersionId !== version.id) await new Promise((resolve) => setTimeout(resolve, 10));
    other.close();
    bus.close();
  });
});

describe('a rollback', () => {
  it('goes back one promotion at a time, then to the base, then no further', async () => {
    const [a, b, c] = [await anAdapterVersion(deps, 1), await anAdapterVersion(deps, 2), await anAdapterVersion(deps, 3)];
    for (const version of [a, b, c]) {
      await live(version);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const back = () => rollbackModel(deps, { kind: 'CLASSIFIER', vertical: 'ECOMMERCE', reason: 'worse' });
    expect(await back()).toMatchObject({ from: { id: c.id, stage: 'CANDIDATE' }, to: { id: b.id, stage: 'LIVE' } });
    expect(await back()).toMatchObject({ from: { id: b.id }, to: { id: a.id } });
    expect(classifierFor(deps, 'ECOMMERCE')!.modelVersionId).toBe(a.id);
    expect(await back()).toMatchObject({ from: { id: a.id }, to: null });
    expect(classifierFor(deps, 'ECOMMERCE')).toEqual({ modelVersionId: base });
    await expect(back()).rejects.toMatchObject({ code: 'CONFLICT', field: 'vertical' });
    await expect(rollbackModel(deps, { kind: 'CLASSIFIER' })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'vertical' });
    await expect(rollbackModel(deps, { kind: 'WRITER', vertical: 'TRAVEL' })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'vertical' });
  });

  it('passes over a version whose files are gone', async () => {
    const [a, b, c] = [await anAdapterVersion(deps, 1), await anAdapterVersion(deps, 2), await anAdapterVersion(deps, 3)];
    for (const version of [a, b, c]) {
      await live(version);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    rmSync(b.directory, { recursive: true });
    expect(await rollbackModel(deps, { kind: 'CLASSIFIER', vertical: 'ECOMMERCE' })).toMatchObject({ to: { id: a.id } });
  });
});

describe('a promotion is refused, and all stays as it was,', () => {
  it('where the gate did not pass the version, unless that is overridden', async () => {
    const version = await anAdapterVersion(deps, 1, { passed: false });
    const refused = expect(live(version)).rejects;
    await refused.toMatchObject({ code: 'CONFLICT', message: 'adapter 1 did not pass the gate: log loss (required at most 0.500, came 0.510).' });
    expect(await stageOf(version)).toBe('CANDIDATE');
    await promoteModel(deps, { modelVersionId: version.id, stage: 'LIVE', reason: 'the log is known to be wrong', override: true });
    expect(await stageOf(version)).toBe('LIVE');
    const { edges } = await deps.store.audit.page(deps.advertiserId, { entityIds: [version.id] }, { first: 5, after: null });
    expect(edges[0]!.node.details).toMatchObject({ override: true });
  });

  it('where another version answers by now', async () => {
    const [a, b] = [await anAdapterVersion(deps, 1), await anAdapterVersion(deps, 2)];
    await live(a);
    const stale = promoteModel(deps, { modelVersionId: b.id, stage: 'LIVE', reason: 'better', expectedLiveId: null });
    await expect(stale).rejects.toMatchObject({ code: 'STALE_VERSION', field: 'expectedLiveId' });
    await promoteModel(deps, { modelVersionId: b.id, stage: 'LIVE', reason: 'better', expectedLiveId: a.id });
    expect(classifierFor(deps, 'ECOMMERCE')!.modelVersionId).toBe(b.id);
  });

  it('where its files are gone', async () => {
    const [a, b] = [await anAdapterVersion(deps, 1), await anAdapterVersion(deps, 2)];
    await live(a);
    rmSync(b.directory, { recursive: true });
    await expect(live(b)).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
    expect(classifierFor(deps, 'ECOMMERCE')!.modelVersionId).toBe(a.id);
    expect(await stageOf(b)).toBe('CANDIDATE');
  });

  it('to SHADOW, where it answers: it would serve no more, and nobody said so', async () => {
    const version = await anAdapterVersion(deps, 1);
    await live(version);
    await expect(promoteModel(deps, { modelVersionId: version.id, stage: 'SHADOW', reason: 'to be compared' })).rejects.toMatchObject({ code: 'CONFLICT', field: 'stage', hint: expect.stringContaining('rollbackModel') });
    expect(await stageOf(version)).toBe('LIVE');
    expect(classifierFor(deps, 'ECOMMERCE')!.modelVersionId).toBe(version.id);
  });

  it('for the base, without a reason, and on a dry run', async () => {
    const version = await anAdapterVersion(deps, 1);
    await expect(promoteModel(deps, { modelVersionId: base, stage: 'SHADOW', reason: 'x' })).rejects.toMatchObject({ code: 'CONFLICT', field: 'modelVersionId' });
    await expect(live(version, ' ')).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'reason' });
    expect(await promoteModel(deps, { modelVersionId: version.id, stage: 'LIVE', reason: 'to see', validateOnly: true })).toBeNull();
    expect(await stageOf(version)).toBe('CANDIDATE');
  });
});

it('a version that an experiment names scores for its arm, whatever serves', async () => {
  const version = await anAdapterVersion(deps, 6);
  expect(classifierFor(deps, 'ECOMMERCE', version.id)).toBeNull();
  const arms = [{ name: 'now' }, { name: 'next', classifierVersionId: version.id }];
  await createExperiment(deps, { name: 'The next one', arms, startsAt: later(3_600_000, deps.clock.now()) });
  expect(classifierFor(deps, 'ECOMMERCE', version.id)).toEqual({ modelVersionId: version.id, adapter: version.adapter });
  expect(classifierFor(deps, 'ECOMMERCE')).toEqual({ modelVersionId: base });
});

it('and for its own vertical alone: what the arm shows of another is scored by what serves that', async () => {
  const [own, other] = [await anAdapterVersion(deps, 6), await anAdapterVersion(deps, 7, { vertical: 'FINANCE' })];
  await live(other);
  const arms = [{ name: 'now' }, { name: 'next', classifierVersionId: own.id }];
  await createExperiment(deps, { name: 'The next one of one vertical', arms });
  expect(classifierFor(deps, 'ECOMMERCE', own.id)).toEqual({ modelVersionId: own.id, adapter: own.adapter });
  expect(classifierFor(deps, 'FINANCE', own.id)).toEqual({ modelVersionId: other.id, adapter: other.adapter });
  expect(classifierFor(deps, 'TRAVEL', own.id)).toEqual({ modelVersionId: base });
});

describe('a start', () => {
  const start = async () => {
    const models = createLiveModels({ store: deps.store, bus: deps.bus, clock: deps.clock, logger: silentLogger, advertiserId: deps.advertiserId, scorer, baseVersionId: base });
    await models.refresh();
    return models;
  };

  it('serves the base, and says why, where the files of a live version are gone; and the version again when they are back', async () => {
    const version = await anAdapterVersion(deps, 4);
    await live(version);
    await scorer.unloadAdapter(version.adapter!);
    renameSync(version.directory, `${version.directory}-away`);
    const models = await start();
    expect(models.classifier('ECOMMERCE')).toEqual({ modelVersionId: base });
    expect(models.problems().get(version.id)).toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
    renameSync(`${version.directory}-away`, version.directory);
    await models.refresh();
    expect(models.classifier('ECOMMERCE')!.modelVersionId).toBe(version.id);
    expect(models.problems().size).toBe(0);
  });

  it('serves the base where a version was made for another base', async () => {
    const version = await anAdapterVersion(deps, 5);
    await deps.store.modelVersions.register({ ...version, id: deps.ids.next(), contentHash: 'of another', base: 'another', vertical: 'MEDIA' });
    const [other] = (await deps.store.modelVersions.list(deps.advertiserId, {})).filter((each) => each.base === 'another');
    await deps.store.modelVersions.setStage(deps.advertiserId, other!.id, 'LIVE');
    const models = await start();
    expect(models.classifier('MEDIA')).toEqual({ modelVersionId: base });
    expect(models.problems().get(other!.id)).toMatchObject({ code: 'ADAPTER_MISMATCH' });
  });
});
