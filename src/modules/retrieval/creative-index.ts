import type { Clock } from '../../base/clock';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import type { Logger } from '../../base/logger';
import type { IndexedCreative } from '../../domain/entities/creative-embedding';
import { embedTexts } from '../../ml/retrieval/embed-texts';
import type { Retriever } from '../../ml/retrieval/open-retriever';
import type { SearchReply, SearchRequest, SearchTiming } from '../../ml/retrieval/types';
import type { Scorer } from '../../ml/serve/types';
import type { Store } from '../../store/store';
import type { Bus } from '../bus';
import type { JobQueue } from '../dependencies';
import { creativeText } from '../predictions/score-creatives';
import { ANCHORS } from './anchors';
import { followCreatives, type ChangedCreatives } from './changed-creatives';
import { embeddingHash } from './embedding-hash';
import { readCreatives } from './read-creatives';

/** Every approved creative, ready to be searched. Groups are campaigns, keys are creatives; trials are clicks, successes conversions. */
export interface CreativeIndex {
  /** Begins to load and to follow the store, unless it has begun. */
  start(): void;
  /** Counts on everything that was committed before the call. @throws CANCELLED */
  top(request: SearchRequest, options?: { signal?: AbortSignal }): Promise<SearchReply & { timing: SearchTiming }>;
  /** Resolves when the index has everything that was committed before the call, and the model has read all of it. */
  complete(): Promise<void>;
  close(): Promise<void>;
}

export interface CreativeIndexOptions {
  readonly store: Store;
  readonly bus: Bus;
  readonly jobs: JobQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly advertiserId: string;
  readonly scorer: Scorer;
  readonly modelVersionId: string;
  readonly openRetriever: () => Promise<Retriever>;
  /** First wait after a failure in the background; doubles up to thirty times of it. */
  readonly retryMs?: number;
}

/** Creatives in one statement, and in one short job of the model. */
const PAGE = 200;
const READ_AT_ONCE = 32;

export function createCreativeIndex(options: CreativeIndexOptions): CreativeIndex {
  const { store, jobs, logger, advertiserId, scorer, modelVersionId, retryMs = 500 } = options;
  const closing = new AbortController();
  /** In the index with a provisional row. */
  const unread = new Set<string>();
  /** To be looked at again although the feed does not tell of them. */
  const again = new Set<string>();
  /** Of the rows that the model has read: what a row starts with until it is read. */
  const mean = { rows: 0, behind: 0, alone: 0 };
  let opening: Promise<{ retriever: Retriever; changed: ChangedCreatives }> | null = null;
  let chain: Promise<unknown> = Promise.resolve();
  /** A drain that has not begun: it will see all that has been gathered by then. */
  let queued: Promise<void> | null = null;
  let reading = false;
  let serial = 0;
  let failures = 0;
  let timer: NodeJS.Timeout | null = null;
  const completers: (() => void)[] = [];

  const open = async (): Promise<{ retriever: Retriever; changed: ChangedCreatives }> => {
    const retriever = await options.openRetriever();
    try {
      // Listening begins before loading: what changes between the two is looked at twice rather than never.
      const changed = await followCreatives(options, closing.signal, () => void background(drain));
      for (let after: string | null = null; ; ) {
        const page = await store.creativeEmbeddings.approvedAfter(advertiserId, after, PAGE);
        await putRows(retriever, page);
        if (page.length < PAGE || closing.signal.aborted) break;
        after = page.at(-1)!.id;
      }
      scheduleReading();
      return { retriever, changed };
    } catch (error) {
      await retriever.close();
      throw error;
    }
  };
  const opened = (): Promise<{ retriever: Retriever; changed: ChangedCreatives }> => {
    if (closing.signal.aborted) return Promise.reject(new AdloomError('MODEL_UNAVAILABLE', 'The index of creatives has been closed.'));
    opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };

  const count = (vector: Float32Array): void => {
    mean.rows += 1;
    mean.behind += (vector.at(-2)! - mean.behind) / mean.rows;
    mean.alone += (vector.at(-1)! - mean.alone) / mean.rows;
  };

  const sample = async (retriever: Retriever, texts: readonly string[]): Promise<Float32Array[]> => {
    const few = texts.slice(0, READ_AT_ONCE);
    const D = retriever.width + 2;
    const vectors = await embedTexts({ scorer, retriever }, few, { anchors: ANCHORS, signal: closing.signal });
    return few.map((_, i) => vectors.subarray(i * D, (i + 1) * D));
  };

  /** Puts rows as they are in the store; those that the model has not read, or another one has, with what is known of them. */
  const putRows = async (retriever: Retriever, rows: readonly IndexedCreative[]): Promise<void> => {
    if (rows.length === 0) return;
    const D = retriever.width + 2;
    const texts = rows.map(creativeText);
    const read = rows.map(({ embedding }, i) =>
      embedding?.modelVersionId === modelVersionId && embedding.vector.length === D && embedding.textHash === embeddingHash(texts[i]!) ? embedding.vector : null);
    for (const vector of read) if (vector !== null) count(vector);
    // Rows that are read may not stand against rows that start from nothing: a few are read at once, for the others to start from.
    if (mean.rows === 0) for (const vector of await sample(retriever, texts)) count(vector);
    const towers = read.includes(null) ? await retriever.embedTexts(texts) : null;
    const vectors = new Float32Array(rows.length * D);
    rows.forEach(({ id }, i) => {
      const at = i * D;
      if (read[i]) {
        vectors.set(read[i]!, at);
        unread.delete(id);
      } else {
        vectors.set(towers!.subarray(i * retriever.width, (i + 1) * retriever.width), at);
        vectors.set([mean.behind, mean.alone], at + D - 2);
        unread.add(id);
      }
    });
    try {
      await retriever.put({
        keys: rows.map((row) => row.id), groups: rows.map((row) => row.campaignId), vectors, texts,
        trials: rows.map((row) => row.clicks), successes: rows.map((row) => row.conversions),
      });
    } catch (error) {
      if (!isAdloomError(error) || error.code !== 'TOO_LARGE') throw error;
      for (const { id } of rows) unread.delete(id);
      logger.error('the index of creatives is full; some are left out of large campaigns', { rows: rows.length, error: error.message });
    }
  };

  /** Brings the index up to what was heard. One at a time: only here, and while loading, is the index written. */
  const drain = async (): Promise<void> => {
    const { retriever, changed } = await opened();
    if (queued) return queued;
    const work = async (): Promise<void> => {
      queued = null;
      for (;;) {
        const ids = [...new Set([...changed.take(PAGE), ...firstOf(again, PAGE)])];
        if (ids.length === 0) break;
        for (const id of ids) again.delete(id);
        try {
          const rows = await store.creativeEmbeddings.approvedByIds(advertiserId, ids);
          const there = new Set(rows.map((row) => row.id));
          const gone = ids.filter((id) => !there.has(id));
          for (const id of gone) unread.delete(id);
          if (gone.length > 0) await retriever.remove(gone);
          await putRows(retriever, rows);
        } catch (error) {
          for (const id of ids) again.add(id);
          throw error;
        }
      }
      scheduleReading();
    };
    queued = chain.then(work);
    chain = queued.catch(() => undefined);
    return queued;
  };

  const scheduleReading = (): void => {
    if (unread.size === 0) for (const done of completers.splice(0)) done();
    if (reading || unread.size === 0 || closing.signal.aborted) return;
    reading = true;
    jobs.enqueue('embedCreatives', String(++serial), (signal) =>
      background(async () => {
        try {
          const { retriever } = await opened();
          const ids = firstOf(unread, READ_AT_ONCE);
          await readCreatives({ ...options, retriever, scorer }, ids, AbortSignal.any([signal, closing.signal]));
          // The index reads them from the store, as everything else: a creative that was paused meanwhile stays out.
          for (const id of ids) again.add(id);
        } finally {
          reading = false;
        }
        await drain();
      }),
    );
  };

  /** Runs work that nobody waits for; what fails is tried again after a while. */
  const background = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      failures = 0;
    } catch (error) {
      if (closing.signal.aborted) return;
      failures += 1;
      logger.warn('the index of creatives is behind', { failures, unread: unread.size, error: messageOf(error) });
      timer ??= setTimeout(() => {
        timer = null;
        void background(drain);
      }, Math.min(retryMs * 2 ** (failures - 1), retryMs * 30));
      timer.unref();
    }
  };

  const settled = async (signal?: AbortSignal): Promise<Retriever> => {
    const { retriever, changed } = await opened();
    await changed.heard(signal ? AbortSignal.any([signal, closing.signal]) : closing.signal);
    await drain();
    return retriever;
  };

  return {
    start: () => void background(async () => void (await opened())),
    async top(request, { signal } = {}) {
      return (await settled(signal)).top(request, { signal });
    },
    async complete() {
      await settled();
      while (unread.size > 0) await new Promise<void>((resolve) => completers.push(resolve));
    },
    async close() {
      closing.abort();
      if (timer !== null) clearTimeout(timer);
      for (const done of completers.splice(0)) done();
      const { retriever } = (await opening?.catch(() => null)) ?? {};
      await chain;
      await retriever?.close();
    },
  };
}

function firstOf(ids: ReadonlySet<string>, most: number): string[] {
  const first: string[] = [];
  for (const id of ids) {
    if (first.length === most) break;
    first.push(id);
  }
  return first;
}
