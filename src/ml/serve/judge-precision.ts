import { workerEntry } from '../../base/worker-entry';
import type { PrecisionReport } from '../precision/report';
import { startWorker } from '../runtime/rpc';
import type { JudgeCall, JudgeReply, PrecisionWorkerData } from './precision-worker';

/**
 * Holds the builds of a ranker in fewer bits against float32.
 * @throws MODEL_UNAVAILABLE, MODEL_INVALID; CANCELLED when the signal aborts
 */
export async function judgePrecision(directory: string, call: JudgeCall, options: { threads?: number; signal?: AbortSignal } = {}): Promise<PrecisionReport> {
  const data: PrecisionWorkerData = { directory, threads: options.threads };
  const worker = await startWorker<object, JudgeCall, JudgeReply>(workerEntry(__dirname, 'precision-worker'), data);
  try {
    return (await worker.call(call, options.signal)).report;
  } finally {
    await worker.close();
  }
}
