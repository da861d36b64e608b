/**
 * A program of its own that runs the self-check and prints what came of it: a driver that crashes takes this process with it, not the
 * one that asked, and what the runtime prints about a missing driver stays here. Started by `probe-device.ts`.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { messageOf } from '../../base/errors';
import type { Device } from '../runtime/devices';
import { selfCheck, type SelfCheck } from './self-check';

export interface ProbeOrder {
  device: Device;
  speed: boolean;
}

export type ProbeAnswer = { check: SelfCheck } | { failure: string };

if (isMainThread) {
  // Model sessions live in worker threads.
  const order = JSON.parse(process.argv[2] ?? '{}') as ProbeOrder;
  const worker = new Worker(__filename, { workerData: order });
  const print = (answer: ProbeAnswer): void => {
    // By the signal: no destructor of a driver has a say any more.
    process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.kill(process.pid, 'SIGKILL'));
  };
  worker.on('message', print).on('error', (error) => print({ failure: messageOf(error) }));
} else {
  const { device, speed } = workerData as ProbeOrder;
  selfCheck(device, { speed }).then(
    (check) => parentPort!.postMessage({ check } satisfies ProbeAnswer),
    (error: unknown) => parentPort!.postMessage({ failure: messageOf(error) } satisfies ProbeAnswer),
  );
}
