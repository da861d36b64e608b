/** What the rest of the program sees of the database. The functions behind it are one file per aggregate. */
import type { Clock } from '../base/clock';
import type { IdSource } from '../base/ids';
import type { Logger } from '../base/logger';
import type { Advertisers } from './advertisers';
import type { Audit } from './audit';
import type { Campaigns } from './campaigns';
import type { CreativeEmbeddings } from './creative-embeddings';
import type { CreativeEvidence } from './creative-evidence';
import type { Creatives } from './creatives';
import type { Decisions } from './decisions';
import type { Erasure } from './erasure';
import type { Events } from './events';
import type { Experiments } from './experiments';
import type { Feed } from './feed';
import type { GenerationJobs } from './generation-jobs';
import type { Idempotency } from './idempotency';
import type { ModelVersions } from './model-versions';
import type { Outcomes } from './outcomes';
import type { Predictions } from './predictions';
import type { Profiles } from './profiles';
import type { SigningKeys } from './signing-keys';
import type { Spending } from './spending';
import type { Traffic } from './traffic';
import type { TrainingRuns } from './training-runs';
import type { Reports } from './reports';

/** The queries; the same inside and outside a transaction. */
export interface Queries {
  readonly advertisers: Advertisers;
  readonly campaigns: Campaigns;
  readonly profiles: Profiles;
  readonly events: Events;
  readonly erasure: Erasure;
  readonly creatives: Creatives;
  readonly creativeEmbeddings: CreativeEmbeddings;
  readonly creativeEvidence: CreativeEvidence;
  readonly predictions: Predictions;
  readonly decisions: Decisions;
  readonly outcomes: Outcomes;
  readonly spending: Spending;
  readonly traffic: Traffic;
  readonly signingKeys: SigningKeys;
  readonly modelVersions: ModelVersions;
  readonly generationJobs: GenerationJobs;
  readonly experiments: Experiments;
  readonly trainingRuns: TrainingRuns;
  readonly reports: Reports;
  readonly feed: Feed;
  readonly idempotency: Idempotency;
  readonly audit: Audit;
}

export interface StoreDescription {
  readonly kind: 'embedded' | 'postgresql';
  /** For people, without secrets: a directory, or a server's address and version. */
  readonly detail: string;
}

export interface Store extends Queries {
  /** The advertiser that everything belongs to while there is one. */
  readonly defaultAdvertiserId: string;
  /**
   * All or nothing. Inside `work` use `tx` alone: the store itself would wait for the transaction to end, so it refuses.
   * Keep it short: the embedded database does one thing at a time. Where it loses against another writer it is undone and `work` is run
   * again: what it does beside the database must bear that.
   */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
  describe(): StoreDescription;
  /** Whether the database answers; throws STORE_UNAVAILABLE when it does not. */
  ping(): Promise<void>;
  /** Makes the room of what was pruned usable again. A server does so by itself; the embedded database would grow for ever. */
  reclaim(): Promise<void>;
  /** SQL statements sent since the store was opened, transaction control left out. */
  statementCount(): number;
  /** Waits for what is in flight; later calls fail. Safe to call twice. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** `postgresql://user:password@host:port/database`; absent, the embedded database in `dataDir` is used. */
  readonly databaseUrl?: string | undefined;
  /** Directory of the embedded database; made when missing, owned by one process at a time. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}
