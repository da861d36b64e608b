import { badInput } from '../../base/errors';
import { workerEntry } from '../../base/worker-entry';
import { startWorker } from '../runtime/rpc';
import type { IndexCall, IndexReady, IndexReply, IndexWorkerData } from './index-worker';
import type { SearchReply, SearchRequest, SearchTiming, TextRows } from './types';

/** The first stage: an index of embedded texts in a thread of its own, which answers also while the model is busy. */
export interface Retriever {
  /** W: numbers of a tower's vector; a row of the index has two more (`embedTexts`). */
  readonly width: number;
  /** The towers' vectors of texts, float32 [n, W]. */
  embedTexts(texts: readonly string[]): Promise<Float32Array>;
  /** What prefix and text say together without the model: a part of its logit, float32 [n]. */
  personal(prefix: string, texts: readonly string[]): Promise<Float32Array>;
  /** Adds or replaces, all or none; resolves with the number of rows that the index then has. */
  put(rows: TextRows): Promise<number>;
  remove(keys: readonly string[]): Promise<number>;
  /** The rows of greatest estimated value for a prefix. */
  top(request: SearchRequest, options?: { signal?: AbortSignal }): Promise<SearchReply & { timing: SearchTiming }>;
  close(): Promise<void>;
}

/** Rows that an index holds unless told otherwise. Of headlines with a body (120 features) 100,000 rows are some 250 MB. */
export const DEFAULT_CAPACITY = 200_000;

/**
 * Opens an index for the ranker of a directory.
 * @throws MODEL_INVALID where its wide part or calibration is broken, BAD_INPUT for a capacity that is no count
 */
export async function openRetriever(directory: string, options: { capacity?: number } = {}): Promise<Retriever> {
  const { capacity = DEFAULT_CAPACITY } = options;
  if (!Number.isSafeInteger(capacity) || capacity < 1) throw badInput('capacity', `The capacity must be a whole number of at least 1, not ${capacity}.`);
  const data: IndexWorkerData = { directory, capacity };
  const worker = await startWorker<IndexReady, IndexCall, IndexReply>(workerEntry(__dirname, 'index-worker'), data);
  return {
    width: worker.ready.width,
    embedTexts: async (texts) => (await worker.call({ op: 'texts', texts })).vectors!,
    personal: async (prefix, texts) => (await worker.call({ op: 'personal', prefix, texts })).vectors!,
    put: async (rows) => (await worker.call({ op: 'put', rows })).rows,
    remove: async (keys) => (await worker.call({ op: 'remove', keys })).rows,
    async top(request, { signal } = {}) {
      const { search, searchMs, queueMs } = await worker.call({ op: 'top', request }, signal);
      return { ...search!, timing: { queueMs, searchMs: searchMs! } };
    },
    close: () => worker.close(),
  };
}
