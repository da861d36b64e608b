/** The program of `worker-process.ts`: starts the thread that it is told of, and passes on what both sides say. */
import { Worker } from 'node:worker_threads';

export type ToProgram = { entry: string; workerData: unknown } | { message: unknown };
export type FromProgram = { message: unknown } | { died: string } | { ended: true };

/** By the signal: no destructor of a driver has a say any more. */
const end = (): void => void process.kill(process.pid, 'SIGKILL');

let worker: Worker | undefined;
process.on('message', (order: ToProgram) => {
  if (!('entry' in order)) return worker?.postMessage(order.message);
  worker = new Worker(order.entry, { workerData: order.workerData });
  const tell = (said: FromProgram, then: () => void = () => undefined): void => void process.send!(said, then);
  worker.on('message', (message) => tell({ message }));
  worker.on('error', (error) => tell({ died: error.message }));
  worker.on('exit', () => tell({ ended: true }, end));
});
// The server closes what it opened, and its end is the end of this.
process.on('disconnect', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
