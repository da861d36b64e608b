import { workerEntry } from '../../base/worker-entry';
import { startWorker } from '../../ml/runtime/rpc';
import type { LearntWords, WordsJob } from './learn-words';
import { toColumns, type LogColumns } from './log-columns';

export type ColumnsJob = Omit<WordsJob, 'logs'> & { readonly logs: readonly LogColumns[] };

/** `learnWords` in a thread of its own: seconds for a large log. @throws what it throws, CANCELLED */
export async function learnWordsApart({ logs, ...job }: WordsJob, signal?: AbortSignal): Promise<LearntWords> {
  const columns: LogColumns[] = [];
  for (const log of logs) columns.push(await toColumns(log));
  const worker = await startWorker<object, ColumnsJob, LearntWords>(workerEntry(__dirname, 'words-worker'), undefined);
  try {
    return await worker.call({ ...job, logs: columns }, signal);
  } finally {
    const closed = worker.close();
    // Who has called off does not wait for the thread to notice.
    if (!signal?.aborted) await closed;
  }
}
