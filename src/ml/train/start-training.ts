/** Runs a training job in a worker thread. The one entrance to training for the rest of the product. */
import { Worker } from 'node:worker_threads';
import { AdloomError, bug, type ErrorCode } from '../../base/errors';
import { workerEntry } from '../../base/worker-entry';
import type { Weights } from '../gpt2/parameters';
import type { AdapterJob } from './adapter-task';
import type { LanguageAdapterJob } from './language-adapter-task';
import type { LanguageModelJob } from './language-model-task';
import type { LoopReport, LoopResult, LoopSettings } from './loop';
import type { RankingJob } from './ranking-task';

export interface TrainingJob {
  task:
    | { kind: 'language-model'; job: LanguageModelJob }
    | { kind: 'language-adapter'; job: LanguageAdapterJob }
    | { kind: 'ranking'; job: RankingJob }
    | { kind: 'adapter'; job: AdapterJob };
  /** Where the run starts from; the worker gets a copy. */
  weights: Weights;
  settings: LoopSettings;
}

export type FromWorker =
  | { type: 'report'; report: LoopReport }
  | { type: 'result'; result: LoopResult }
  | { type: 'error'; message: string; code: ErrorCode; hint?: string; field?: string };

/**
 * @param options.signal aborting saves a checkpoint and rejects with CANCELLED
 */
export function startTraining(job: TrainingJob, options: { report?: (report: LoopReport) => void; signal?: AbortSignal } = {}): Promise<LoopResult> {
  if (options.signal?.aborted) return Promise.reject(new AdloomError('CANCELLED', 'Training was stopped before it began.'));
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerEntry(__dirname, 'training-worker'), { workerData: job });
    const stop = (): void => worker.postMessage('stop');
    options.signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'report') options.report?.(message.report);
      else if (message.type === 'result') resolve(message.result);
      else reject(new AdloomError(message.code, message.message, { hint: message.hint, field: message.field }));
    });
    worker.on('error', (cause) => reject(new AdloomError('INTERNAL', `The training thread failed: ${cause.message}`, { cause })));
    worker.on('exit', () => {
      options.signal?.removeEventListener('abort', stop);
      reject(bug('The training thread ended without a result.'));
    });
  });
}
