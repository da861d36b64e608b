import { AsyncLocalStorage } from 'node:async_hooks';
import { AdloomError, bug } from '../base/errors';
import { advertisers } from './advertisers';
import { audit } from './audit';
import { campaigns } from './campaigns';
import { creativeEmbeddings } from './creative-embeddings';
import { creativeEvidence } from './creative-evidence';
import { creatives } from './creatives';
import type { Database } from './database/database';
import { openEmbedded } from './database/embedded';
import { openServer } from './database/server';
import { countStatements, type StatementCounter } from './database/statement-counter';
import { decisions } from './decisions';
import { erasure } from './erasure';
import { events } from './events';
import { experiments } from './experiments';
import { feed } from './feed';
import { generationJobs } from './generation-jobs';
import { PrismaClient } from './generated/client';
import { guarded, TRIES, type Guard } from './guarded';
import { idempotency } from './idempotency';
import { modelVersions } from './model-versions';
import { outcomes } from './outcomes';
import { predictions } from './predictions';
import { profiles } from './profiles';
import { signingKeys } from './signing-keys';
import { spending } from './spending';
import { reports } from './reports';
import { sql, type Db } from './sql';
import type { Queries, Store, StoreOptions } from './store';
import { trainingRuns } from './training-runs';
import { isWriteConflict, toStoreError } from './store-error';
import { traffic } from './traffic';

/** The name of the one advertiser that there is until accounts come. */
const DEFAULT_ADVERTISER = 'Default advertiser';
/** A transaction waits this long for its turn, and may then take this long. */
const TRANSACTION = { maxWait: 30_000, timeout: 60_000 };

/** Opens the database, brings its tables up to date and makes the default advertiser. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl } = options;
  const database = databaseUrl ? await openServer({ ...options, databaseUrl }) : await openEmbedded(options);
  try {
    return await storeOver(database, options);
  } catch (error) {
    await database.close();
    throw toStoreError(error);
  }
}

async function storeOver(database: Database, options: StoreOptions): Promise<Store> {
  const counter: StatementCounter = { count: 0 };
  const client = new PrismaClient({ adapter: countStatements(database.adapters, counter) });
  /** The transaction that the present call runs in, if it runs in one. */
  const current = new AsyncLocalStorage<{ open: boolean }>();

  const beginTransaction = <T>(work: (tx: Db) => Promise<T>): Promise<T> => {
    const state = { open: true };
    return client
      .$transaction((tx) => current.run(state, () => work(tx)), TRANSACTION)
      .finally(() => (state.open = false));
  };
  let closing: Promise<void> | undefined;
  const inFlight = new Set<Promise<unknown>>();
  /** Keeps `close` waiting until it has settled. */
  const during = <T>(work: Promise<T>): Promise<T> => {
    inFlight.add(work);
    const settled = (): void => void inFlight.delete(work);
    work.then(settled, settled);
    return work;
  };
  const admit = (): void => {
    if (closing) throw new AdloomError('STORE_UNAVAILABLE', 'The store is closed.', { hint: 'The program is shutting down; ask again when it has started anew.' });
    if (current.getStore()?.open) throw bug('Inside a transaction the store itself was used instead of `tx`; on the embedded database it would wait for ever.');
  };

  const open = queriesOver(client, options, beginTransaction, { admit, during, retry: true });
  const { id: defaultAdvertiserId } = await open.advertisers.ensure(DEFAULT_ADVERTISER);
  return {
    ...open,
    defaultAdvertiserId,
    async transaction(work) {
      const over = (tx: Db): Queries => queriesOver(tx, options, (inside) => inside(tx), { retry: false });
      for (let attempt = 1; ; attempt++) {
        admit();
        try {
          return await during(beginTransaction((tx) => work(over(tx))));
        } catch (error) {
          // It lost against another writer and nothing of it is left: the whole of it may succeed when it is run again.
          if (attempt < TRIES && isWriteConflict(error)) continue;
          throw isOwn(error) ? toStoreError(error) : error;
        }
      }
    },
    describe: () => database.description,
    async ping() {
      admit();
      try {
        await client.$queryRaw(sql`SELECT 1`);
      } catch (error) {
        throw toStoreError(error);
      }
    },
    async reclaim() {
      if (database.description.kind !== 'embedded') return;
      admit();
      await during(client.$executeRaw(sql`VACUUM feed_items, idempotency_keys`)).catch((error: unknown) => {
        throw toStoreError(error);
      });
    },
    statementCount: () => counter.count,
    close() {
      closing ??= Promise.allSettled(inFlight)
        .then(() => client.$disconnect())
        .finally(() => database.close());
      return closing;
    },
  };
}

function queriesOver(
  db: Db,
  { clock, ids }: StoreOptions,
  inTransaction: <T>(work: (tx: Db) => Promise<T>) => Promise<T>,
  guard: Guard,
): Queries {
  return {
    advertisers: guarded(advertisers(db, ids, clock), guard),
    campaigns: guarded(campaigns(db), guard),
    profiles: guarded(profiles(db), guard),
    events: guarded(events(db), guard),
    erasure: guarded(erasure(db), guard),
    creatives: guarded(creatives(db), guard),
    creativeEmbeddings: guarded(creativeEmbeddings(db), guard),
    creativeEvidence: guarded(creativeEvidence(db), guard),
    predictions: guarded(predictions(db), guard),
    decisions: guarded(decisions(db), guard),
    outcomes: guarded(outcomes(db), guard),
    spending: guarded(spending(db), guard),
    traffic: guarded(traffic(db), guard),
    signingKeys: guarded(signingKeys(db), guard),
    modelVersions: guarded(modelVersions(db, clock, inTransaction), guard),
    generationJobs: guarded(generationJobs(db, clock), guard),
    experiments: guarded(experiments(db), guard),
    trainingRuns: guarded(trainingRuns(db, clock, inTransaction), guard),
    reports: guarded(reports(db), guard),
    feed: guarded(feed(db, clock), guard),
    idempotency: guarded(idempotency(db, clock), guard),
    audit: guarded(audit(db), guard),
  };
}

/** Whether the database or Prisma threw it; what the caller's own work throws passes through untouched. */
function isOwn(error: unknown): boolean {
  return error instanceof Error && (error.name.startsWith('Prisma') || error.name === 'DriverAdapterError');
}
