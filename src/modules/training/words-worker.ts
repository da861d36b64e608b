/** The worker thread behind `words-thread.ts`. */
import { serveWorker } from '../../ml/runtime/rpc';
import { learnWords, type LearntWords } from './learn-words';
import { fromColumns } from './log-columns';
import type { ColumnsJob } from './words-thread';

serveWorker<Record<string, never>, ColumnsJob, LearntWords>(() =>
  Promise.resolve({ ready: {}, handle: ({ logs, ...job }) => Promise.resolve(learnWords({ ...job, logs: logs.map(fromColumns) })) }),
);
