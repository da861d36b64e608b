import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../src/base/clock';
import { silentLogger, type Logger } from '../../src/base/logger';
import { createJobQueue, type InProcessJobQueue } from '../../src/jobs/job-queue';
import { absentGenerator, absentScorer } from '../../src/main/open-models';
import { openGenerator } from '../../src/ml/serve/open-generator';
import { AdloomError } from '../../src/base/errors';
import type { Generator, Scorer } from '../../src/ml/serve/types';
import { createBus } from '../../src/modules/bus';
import { createTokenKeys } from '../../src/modules/delivery/token-keys';
import { createTrafficCounter } from '../../src/modules/delivery/traffic-counter';
import type { Dependencies } from '../../src/modules/dependencies';
import { TRAINING } from '../../src/modules/learning/start-training';
import { createLiveModels } from '../../src/modules/models/live-models';
import { createWriters } from '../../src/modules/models/writers';
import { registerModel } from '../../src/modules/models/register-model';
import { createPredictionBuffer } from '../../src/modules/predictions/prediction-buffer';
import type { Store } from '../../src/store/store';
import { openTestStore, testIds } from './embedded-store';

export interface TestDependencies {
  readonly deps: Dependencies & { readonly jobs: InProcessJobQueue };
  discard(): Promise<void>;
}

/** Dependencies over a store of the test's own, or as an advertiser of its own in a given one. Models only where the test brings some. */
export async function testDependencies(given: { clock?: Clock; logger?: Logger; scorer?: Scorer; generator?: Generator; store?: Store } = {}): Promise<TestDependencies> {
  const { clock = systemClock, logger = silentLogger } = given;
  const { store, discard } = given.store ? { store: given.store, discard: () => Promise.resolve() } : await openTestStore();
  const advertiserId = given.store ? (await store.advertisers.ensure(`Advertiser ${testIds.next()}`)).id : store.defaultAdvertiserId;
  const absent = new AdloomError('MODEL_UNAVAILABLE', 'This test has no model.');
  const bus = createBus({ store, advertiserId, logger });
  const predictions = createPredictionBuffer({ store, bus, logger });
  const traffic = createTrafficCounter({ store, advertiserId, logger });
  const tokenKeys = createTokenKeys({ store, clock, ids: testIds, advertiserId });
  const jobs = createJobQueue(logger, { apart: [TRAINING] });
  const filesDir = mkdtempSync(join(tmpdir(), 'adloom-files-'));
  const register = (model?: Scorer | Generator): Promise<string | null> =>
    model ? registerModel({ store, clock, ids: testIds, advertiserId }, model.identity) : Promise.resolve(null);
  const scorer = given.scorer ?? absentScorer(absent);
  const generator = given.generator ?? absentGenerator(absent);
  const modelVersionIds = { classifier: await register(given.scorer), writer: await register(given.generator) };
  const writers = createWriters({ store, logger, advertiserId, base: generator, baseVersionId: modelVersionIds.writer, open: (directory) => openGenerator(directory, { cache: join(tmpdir(), 'adloom-test-writers') }) });
  const liveModels = createLiveModels({ store, bus, clock, logger, advertiserId, scorer, baseVersionId: modelVersionIds.classifier, writers });
  return {
    deps: {
      store, clock, ids: testIds, logger, bus, jobs, predictions, traffic, tokenKeys, creativeIndex: null, liveModels, advertiserId, scorer, modelVersionIds, filesDir,
      generator, writers,
    },
    async discard() {
      await jobs.close();
      await writers.close();
      await predictions.close();
      await traffic.close();
      liveModels.close();
      bus.close();
      rmSync(filesDir, { recursive: true, force: true });
      await discard();
    },
  };
}
