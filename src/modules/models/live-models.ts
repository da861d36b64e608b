import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../base/clock';
import { AdloomError, isAdloomError, messageOf, type ErrorCode } from '../../base/errors';
import type { Logger } from '../../base/logger';
import type { Vertical } from '../../domain/entities/campaign';
import type { ModelVersion } from '../../domain/entities/model-version';
import { isAdaptable } from '../../ml/serve/adapter-types';
import type { Scorer } from '../../ml/serve/types';
import type { Store } from '../../store/store';
import type { Bus } from '../bus';
import type { Writers } from './writers';

/** One exact classifier: the base alone, or an adapter over it. */
export interface ServingClassifier {
  readonly modelVersionId: string;
  /** What the scorer knows the adapter by; absent for the base alone. */
  readonly adapter?: string;
}

/** What answers, and what scores beside it and serves nothing. */
export interface Classifier extends ServingClassifier {
  readonly shadow?: ServingClassifier;
}

/** A version that should serve and cannot. */
export interface ModelProblem {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface LiveModels {
  /** What answers for a vertical from now on; what was asked before keeps what it was given. Null where no classifier serves. */
  classifier(vertical: Vertical): Classifier | null;
  /** What answers where a vertical has none of its own; null where no classifier serves. */
  base(): ServingClassifier | null;
  /** A version that was made ready, whatever its stage: an arm of an experiment's. Asked for another vertical than its own, what answers for that. */
  named(modelVersionId: string, vertical?: Vertical): Classifier | null;
  /** Makes a version ready to answer, without letting it. @throws why it cannot: ADAPTER_UNAVAILABLE, ADAPTER_INVALID, ADAPTER_MISMATCH, TOO_LARGE */
  prepare(version: ModelVersion): Promise<ServingClassifier>;
  /** Switches to what the store says. A version that cannot serve leaves its vertical to the base. */
  refresh(): Promise<void>;
  /** Follows changes, those of other processes too, until `close`. */
  start(): void;
  /** By model version. */
  problems(): ReadonlyMap<string, ModelProblem>;
  close(): void;
}

export interface LiveModelsOptions {
  readonly store: Pick<Store, 'modelVersions' | 'experiments' | 'feed'>;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly advertiserId: string;
  readonly scorer: Scorer;
  /** Row of what the scorer is without an adapter; null where no classifier serves. */
  readonly baseVersionId: string | null;
  /** Switched at the same news; absent where nothing writes. */
  readonly writers?: Pick<Writers, 'refresh'>;
  /** Wait after a failure to read the store. */
  readonly retryMs?: number;
}

/** Experiments at once whose classifiers are kept ready. */
const MOST_EXPERIMENTS = 100;

interface Serving {
  readonly live: ReadonlyMap<Vertical, ServingClassifier>;
  readonly shadow: ReadonlyMap<Vertical, ServingClassifier>;
}

/** What serves in this process. It reads what the store says and never writes it. */
export function createLiveModels(options: LiveModelsOptions): LiveModels {
  const { store, bus, clock, logger, advertiserId, scorer, baseVersionId, writers, retryMs = 500 } = options;
  const closing = new AbortController();
  /** All that was ever made ready here: what serves, what served, what experiments name. */
  const ready = new Map<string, { readonly classifier: ServingClassifier; readonly vertical: Vertical | null }>();
  let serving: Serving = { live: new Map(), shadow: new Map() };
  let problems: ReadonlyMap<string, ModelProblem> = new Map();
  /** One at a time, so that what was read last is what stands. */
  let chain: Promise<void> = Promise.resolve();
  let heard: bigint | undefined;

  const prepare = async (version: ModelVersion): Promise<ServingClassifier> => {
    const classifier = await loaded(version);
    ready.set(version.id, { classifier, vertical: version.vertical });
    return classifier;
  };

  const loaded = async (version: ModelVersion): Promise<ServingClassifier> => {
    if (version.adapter === null) {
      if (version.id === baseVersionId) return { modelVersionId: version.id };
      throw new AdloomError('MODEL_UNAVAILABLE', `The model ${version.name} is no adapter, and another model is open.`, { hint: 'Set ADLOOM_CTR_MODEL to its directory and start again.' });
    }
    if (!isAdaptable(scorer)) throw new AdloomError('MODEL_UNAVAILABLE', 'The classifier in use takes no adapters.', { hint: 'Set ADLOOM_CTR_MODEL to the directory of a classifier and start again.' });
    if (version.base !== scorer.identity.id) {
      throw new AdloomError('ADAPTER_MISMATCH', `The adapter ${version.name} was made for the model ${version.base}; ${scorer.identity.id} is open.`, { hint: 'Train the adapter again over this model, or start with the model that it was made for.' });
    }
    const { id } = await scorer.loadAdapter(version.directory);
    if (id !== version.adapter) {
      throw new AdloomError('ADAPTER_MISMATCH', `The files of the adapter ${version.name} are not those that were judged: they are ${id}, and should be ${version.adapter}.`, { hint: 'Put its files back, or train it again.' });
    }
    return { modelVersionId: version.id, adapter: id };
  };

  const namedByExperiments = async (): Promise<ModelVersion[]> => {
    // Those that have yet to begin too: nothing tells of a beginning.
    const { edges } = await store.experiments.page(advertiserId, { statuses: ['RUNNING'] }, { first: MOST_EXPERIMENTS }, clock.now());
    const ids = edges.flatMap(({ node: { arms } }) => arms.flatMap(({ classifierVersionId }) => classifierVersionId ?? []));
    return (await store.modelVersions.byIds(advertiserId, ids)).filter(({ kind, stage }) => kind === 'CLASSIFIER' && stage !== 'LIVE' && stage !== 'SHADOW');
  };

  const load = async (): Promise<void> => {
    // The first cursor is older than the first reading: what changes between the two is heard.
    heard ??= await store.feed.latestCursor(advertiserId, 'modelChanged');
    const versions = await store.modelVersions.list(advertiserId, { kinds: ['CLASSIFIER'], stages: ['LIVE', 'SHADOW'] });
    const named = await namedByExperiments();
    const found = { LIVE: new Map<Vertical, ServingClassifier>(), SHADOW: new Map<Vertical, ServingClassifier>() };
    const wrong = new Map<string, ModelProblem>();
    for (const version of [...versions, ...named]) {
      if (version.vertical === null) continue;
      try {
        const prepared = await prepare(version);
        if (version.stage === 'LIVE' || version.stage === 'SHADOW') found[version.stage].set(version.vertical, prepared);
      } catch (error) {
        const problem = { code: isAdloomError(error) ? error.code : ('INTERNAL' as const), message: messageOf(error) };
        wrong.set(version.id, problem);
        if (!problems.has(version.id)) {
          logger.warn('a model version cannot serve; the base answers in its place', { modelVersion: version.id, vertical: version.vertical, stage: version.stage, ...problem });
        }
      }
    }
    // One assignment: a request sees all of the old or all of the new.
    [serving, problems] = [{ live: found.LIVE, shadow: found.SHADOW }, wrong];
    await writers?.refresh();
  };

  const refresh = (): Promise<void> => {
    const next = chain.then(load);
    chain = next.catch(() => undefined);
    return next;
  };

  const refreshed = async (): Promise<void> => {
    const signal = closing.signal;
    while (!signal.aborted) {
      const error = await refresh().then(() => null, (cause: unknown) => cause);
      if (error === null) break;
      logger.warn('what serves could not be read; it stays as it was', { error: messageOf(error) });
      await wait(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };

  const follow = async (): Promise<void> => {
    const listening = { advertiserId, signal: closing.signal, ...(heard === undefined ? {} : { after: heard }), onGap: refreshed };
    for await (const _ of bus.subscribe('modelChanged', listening)) await refreshed();
  };

  const answering = (vertical: Vertical): Classifier | null => {
    if (baseVersionId === null) return null;
    const live = serving.live.get(vertical) ?? { modelVersionId: baseVersionId };
    const shadow = serving.shadow.get(vertical);
    return shadow ? { ...live, shadow } : live;
  };

  return {
    classifier: answering,
    base: () => (baseVersionId === null ? null : { modelVersionId: baseVersionId }),
    named(modelVersionId, vertical) {
      if (modelVersionId === baseVersionId) return { modelVersionId };
      const known = ready.get(modelVersionId);
      if (!known) return null;
      return vertical === undefined || known.vertical === null || known.vertical === vertical ? known.classifier : answering(vertical);
    },
    prepare,
    refresh,
    // A classifier that takes no adapters never changes.
    start: () => void (isAdaptable(scorer) && follow()),
    problems: () => problems,
    close: () => closing.abort(),
  };
}
