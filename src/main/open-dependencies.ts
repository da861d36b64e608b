import { type Clock, systemClock } from '../base/clock';
import { AdloomError } from '../base/errors';
import { type IdSource, uuidv7Source } from '../base/ids';
import { jsonLogger, type Logger } from '../base/logger';
import { FORGETTING } from '../jobs/forget-old';
import { createJobQueue } from '../jobs/job-queue';
import { openRetriever } from '../ml/retrieval/open-retriever';
import type { Generator, Scorer } from '../ml/serve/types';
import { createBus } from '../modules/bus';
import { createTokenKeys } from '../modules/delivery/token-keys';
import { createTrafficCounter } from '../modules/delivery/traffic-counter';
import type { Dependencies } from '../modules/dependencies';
import { TRAINING } from '../modules/learning/start-training';
import { createLiveModels } from '../modules/models/live-models';
import { createWriters } from '../modules/models/writers';
import { registerModel } from '../modules/models/register-model';
import { createPredictionBuffer } from '../modules/predictions/prediction-buffer';
import { createCreativeIndex } from '../modules/retrieval/creative-index';
import { openStore } from '../store/open-store';
import type { Store } from '../store/store';
import type { Config } from './config';
import { absentGenerator, absentScorer, openConfiguredGenerator, openConfiguredScorer, openWriter, type Opened } from './open-models';

/** What a caller brings instead of the real part; tests bring clocks, small models or an open store. */
export interface Overrides {
  readonly clock?: Clock;
  readonly ids?: IdSource;
  readonly logger?: Logger;
  /** Stays open when the dependencies are closed. */
  readonly store?: Store;
  readonly scorer?: Scorer;
  readonly generator?: Generator;
  /** False opens no model: for commands that need none. */
  readonly withModels?: boolean;
}

export interface OpenDependencies {
  readonly deps: Dependencies;
  /** Finishes jobs, flushes predictions, closes models and database; safe to call twice. */
  close(graceMs?: number): Promise<void>;
}

/** Opens the database and the models and joins them; closes what was opened when one of them fails. */
export async function openDependencies(config: Config, overrides: Overrides = {}): Promise<OpenDependencies> {
  const clock = overrides.clock ?? systemClock;
  const ids = overrides.ids ?? uuidv7Source(clock);
  const logger = overrides.logger ?? jsonLogger(config.logLevel, () => clock.now());
  const opened: (() => Promise<unknown>)[] = [];
  try {
    const models = await openModels(config, overrides, logger, opened);
    const store = overrides.store ?? (await openStore({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, clock, ids, logger }));
    if (!overrides.store) opened.push(() => store.close());
    const advertiserId = store.defaultAdvertiserId;
    const idOf = ({ model, real }: Opened<Scorer> | Opened<Generator>): Promise<string | null> =>
      real ? registerModel({ store, clock, ids, advertiserId }, model.identity) : Promise.resolve(null);
    const modelVersionIds = { classifier: await idOf(models.scorer), writer: await idOf(models.generator) };

    const writers = createWriters({
      store, logger, advertiserId, base: models.generator.model, baseVersionId: modelVersionIds.writer, open: (directory) => openWriter(directory, config, logger),
    });
    opened.push(() => writers.close());

    const bus = createBus({ store, advertiserId, logger });
    const predictions = createPredictionBuffer({ store, bus, logger });
    const traffic = createTrafficCounter({ store, advertiserId, logger });
    const tokenKeys = createTokenKeys({ store, clock, ids, advertiserId });
    const jobs = createJobQueue(logger, { apart: [TRAINING, FORGETTING] });
    // A scorer that a caller brings has no directory to search with.
    const { classifier: modelVersionId } = modelVersionIds;
    const scorer = models.scorer.model;
    const creativeIndex =
      modelVersionId === null || overrides.scorer !== undefined
        ? null
        : createCreativeIndex({ store, bus, jobs, clock, logger, advertiserId, scorer, modelVersionId, openRetriever: () => openRetriever(scorer.identity.directory) });
    const liveModels = createLiveModels({ store, bus, clock, logger, advertiserId, scorer, baseVersionId: modelVersionId, writers });
    await liveModels.refresh();
    const deps: Dependencies = {
      store, clock, ids, logger, bus, jobs, predictions, traffic, tokenKeys, creativeIndex, liveModels, advertiserId, modelVersionIds, filesDir: config.dataDir,
      scorer: models.scorer.model,
      generator: models.generator.model,
      writers,
    };
    let closing: Promise<void> | null = null;
    const close = async (graceMs?: number): Promise<void> => {
      await jobs.close(graceMs);
      liveModels.close();
      await creativeIndex?.close();
      await predictions.close(graceMs);
      await traffic.close();
      bus.close();
      await closeAll(opened);
    };
    return { deps, close: (graceMs) => (closing ??= close(graceMs)) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function openModels(
  config: Config,
  overrides: Overrides,
  logger: Logger,
  opened: (() => Promise<unknown>)[],
): Promise<{ scorer: Opened<Scorer>; generator: Opened<Generator> }> {
  const unused = new AdloomError('MODEL_UNAVAILABLE', 'This command opens no models.');
  const none = overrides.withModels === false;
  const scorer = overrides.scorer
    ? { model: overrides.scorer, real: true }
    : none ? { model: absentScorer(unused), real: false } : await openConfiguredScorer(config, logger);
  opened.push(() => {
    logLoad(scorer.model, logger);
    return scorer.model.close();
  });
  const generator = overrides.generator
    ? { model: overrides.generator, real: true }
    : none ? { model: absentGenerator(unused), real: false } : await openConfiguredGenerator(config, logger);
  opened.push(() => generator.model.close());
  return { scorer, generator };
}

/** What the classifier went through, once, at the end. */
function logLoad(scorer: Scorer, logger: Logger): void {
  const load = scorer.stats?.();
  if (!load || load.batches === 0) return;
  const { answered, refused, late, cancelled, failed, batches, requestsPerBatch, tokensPerBatch, tokensPerSecond, queueMs, busyMs } = load;
  logger.info('load of the classifier', {
    answered, refused, late, cancelled, failed, batches, requestsPerBatch, tokensPerBatch, tokensPerSecond,
    queueP50Ms: queueMs.p50, queueP99Ms: queueMs.p99, busyP50Ms: busyMs.p50, busyP99Ms: busyMs.p99,
  });
}

/** Last opened, first closed; one that fails does not keep the others open. */
async function closeAll(opened: (() => Promise<unknown>)[]): Promise<void> {
  for (const close of opened.splice(0).toReversed()) await close().catch(() => undefined);
}
