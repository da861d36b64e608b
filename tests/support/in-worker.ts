import path from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * Runs a file of `tests/ml/workers` in a thread and returns what it answers: model sessions live in worker threads only,
 * and Jest's own realm is not one that the runtime's tensors accept.
 */
export function inWorker<T>(name: string, data: unknown = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(path.join(__dirname, '..', 'ml', 'workers', `${name}.cjs`), { workerData: data });
    worker.once('message', (message: { value?: T; error?: string }) => {
      void worker.terminate();
      if (message.error !== undefined) reject(new Error(message.error));
      else resolve(message.value as T);
    });
    worker.once('error', reject);
  });
}
