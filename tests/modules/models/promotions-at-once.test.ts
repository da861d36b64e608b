import { silentLogger } from '../../../src/base/logger';
import type { ModelVersion } from '../../../src/domain/entities/model-version';
import { createBus } from '../../../src/modules/bus';
import { createLiveModels } from '../../../src/modules/models/live-models';
import { promoteModel } from '../../../src/modules/models/promote-model';
import { registerModel } from '../../../src/modules/models/register-model';
import { rollbackModel } from '../../../src/modules/models/rollback-model';
import type { Store } from '../../../src/store/store';
import { describeOnServer, openServerStore } from '../../store/on-each-database';
import { testIds } from '../../support/embedded-store';
import { aCampaign, aCreative } from '../../support/entities';
import { openSmallClassifier, type SmallClassifier } from '../../support/small-classifier';
import { anAdapterVersion, folders } from './served-adapters';

/** Where each transaction has a connection of its own, as several processes have. */
describeOnServer((database) => {
  let opened: SmallClassifier;
  let store: Store;
  let deps: SmallClassifier['deps'];
  let versions: ModelVersion[];
  beforeAll(async () => {
    opened = await openSmallClassifier();
    store = await openServerStore(database());
  });
  beforeEach(async () => {
    const { scorer } = opened;
    const advertiserId = (await store.advertisers.ensure(`Advertiser ${testIds.next()}`)).id;
    const own = { ...opened.deps, store, advertiserId, bus: createBus({ store, advertiserId, logger: silentLogger }) };
    const base = await registerModel(own, scorer.identity);
    const liveModels = createLiveModels({ ...own, scorer, baseVersionId: base });
    deps = { ...own, liveModels, modelVersionIds: { classifier: base, writer: null } };
    versions = [await anAdapterVersion(deps, 1), await anAdapterVersion(deps, 2), await anAdapterVersion(deps, 3)];
  });
  afterAll(async () => {
    await store.close();
    await opened.discard();
    folders.remove();
  });

  const live = async (): Promise<string | null> => (await store.modelVersions.live(deps.advertiserId, 'CLASSIFIER', 'ECOMMERCE'))?.id ?? null;
  const promote = (version: ModelVersion, expectedLiveId: string | null) =>
    promoteModel(deps, { modelVersionId: version.id, stage: 'LIVE', reason: 'It is better.', expectedLiveId });
  const back = () => rollbackModel(deps, { kind: 'CLASSIFIER', vertical: 'ECOMMERCE' });
  const codes = (results: readonly PromiseSettledResult<unknown>[]): string[] =>
    results.map((result) => (result.status === 'fulfilled' ? 'done' : (result.reason as { code: string }).code)).toSorted();

  it('of two promotions at once over the version that both saw, one is refused: nobody replaces what they did not see', async () => {
    for (let round = 0; round < 6; round++) {
      const seen = await live();
      const others = versions.filter(({ id }) => id !== seen).slice(0, 2);
      expect(codes(await Promise.allSettled(others.map((version) => promote(version, seen))))).toEqual(['STALE_VERSION', 'done']);
    }
  });

  it('a rollback takes back the version that answered when it was asked for, and none that was promoted meanwhile', async () => {
    for (let round = 0; round < 6; round++) {
      await promote(versions[0]!, await live());
      const seen = await live();
      const [rolledBack, promoted] = await Promise.allSettled([back(), promote(versions[1]!, seen)]);
      // One after the other, both may go through: then what was taken back is what was promoted.
      const from = rolledBack.status === 'fulfilled' ? rolledBack.value.from.id : null;
      expect([['STALE_VERSION', 'done'], ['done', 'done']]).toContainEqual(codes([rolledBack, promoted]));
      expect(from).toBe(rolledBack.status === 'rejected' ? null : promoted.status === 'fulfilled' ? versions[1]!.id : versions[0]!.id);
      if (from === null) expect(await live()).toBe(versions[1]!.id);
      while ((await live()) !== null) await back();
    }
  });

  it('what came of creatives is counted while a version is promoted, and does not wait for it', async () => {
    const other = await openServerStore(database());
    const campaign = aCampaign(deps.advertiserId);
    const creative = aCreative(campaign);
    await store.campaigns.insert(campaign);
    await store.creatives.insertMany([creative]);
    const counted = { creativeId: creative.id, modelVersionId: versions[0]!.id, impressions: 1, clicks: 0, expectedClicks: 0.1 };
    await store.transaction(async (tx) => {
      await tx.modelVersions.setStage(deps.advertiserId, versions[0]!.id, 'LIVE');
      await other.creativeEvidence.add(deps.advertiserId, [counted], deps.clock.now());
    });
    expect(await store.creativeEvidence.of(deps.advertiserId, [counted])).toEqual([counted]);
    await other.close();
  }, 20_000);
});
