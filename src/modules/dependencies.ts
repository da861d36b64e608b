import type { Clock } from '../base/clock';
import type { IdSource } from '../base/ids';
import type { Logger } from '../base/logger';
import type { Generator, Scorer } from '../ml/serve/types';
import type { Store } from '../store/store';
import type { Bus } from './bus';
import type { Writers } from './models/writers';
import type { TokenKeys } from './delivery/token-keys';
import type { TrafficCounter } from './delivery/traffic-counter';
import type { LiveModels } from './models/live-models';
import type { PredictionBuffer } from './predictions/prediction-buffer';
import type { CreativeIndex } from './retrieval/creative-index';

/**
 * Everything a use-case may touch, made once by `main` and handed to each use-case as its first argument.
 * A use-case is one file with one exported function `(deps, input) => result`; it never reaches round this object.
 */
export interface Dependencies {
  readonly store: Store;
  /** Where no model could be opened these are stand-ins that refuse every call with MODEL_UNAVAILABLE and a hint. */
  readonly scorer: Scorer;
  readonly generator: Generator;
  /** Which writer writes, now or by name; `generator` is the one that the configuration opened. */
  readonly writers: Writers;
  /** Which version answers for which vertical, now. */
  readonly liveModels: LiveModels;
  /** Rows of the models that the configuration opened; null where the stand-in serves. */
  readonly modelVersionIds: { readonly classifier: string | null; readonly writer: string | null };
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly bus: Bus;
  readonly jobs: JobQueue;
  readonly predictions: PredictionBuffer;
  /** Requests that campaigns could have answered: what even pacing learns a day's shape from. */
  readonly traffic: TrafficCounter;
  /** What delivery tokens are signed and verified with. */
  readonly tokenKeys: TokenKeys;
  /** The first stage of ranking; null where no classifier of a directory serves. */
  readonly creativeIndex: CreativeIndex | null;
  /** Where what is learnt is kept: checkpoints and adapters. */
  readonly filesDir: string;
  /** On whose behalf the call runs; every read and write is inside this tenant. */
  readonly advertiserId: string;
}

/** Work that outlives the request that asked for it. In process now; the same interface fits an external queue. */
export interface JobQueue {
  /** Returns at once. `work` gets a signal that aborts when the process shuts down; what it throws is logged. */
  enqueue(kind: string, id: string, work: (signal: AbortSignal) => Promise<void>): void;
  /** Stops taking work, lets what runs finish for up to `graceMs`, then aborts it; resolves when nothing runs. */
  close(graceMs?: number): Promise<void>;
}
