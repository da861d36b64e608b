import { Worker } from 'node:worker_threads';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { AdloomError, type ErrorCode } from '../../base/errors';
import { workerEntry } from '../../base/worker-entry';
import { toStoreError } from '../store-error';
import type { EmbeddedFailure, EmbeddedMessage, EmbeddedReply, EmbeddedRequest, EmbeddedWorkerData } from './embedded-protocol';

/** The program's end of the thread that the embedded database runs in. */
export interface EmbeddedThread {
  readonly version: string;
  readonly migrated: readonly string[];
  ask(request: EmbeddedRequest): Promise<EmbeddedReply>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(value: EmbeddedReply): void;
  reject(error: unknown): void;
}

/**
 * Resolves when the database is open and its tables are up to date.
 * @param onDeath called once when the thread cannot answer any more, whatever the reason
 */
export async function startEmbeddedThread(data: EmbeddedWorkerData, onDeath: (why: AdloomError) => void): Promise<EmbeddedThread> {
  const worker = new Worker(workerEntry(__dirname, 'embedded-worker'), { workerData: data });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let gone: AdloomError | undefined;

  const die = (why: AdloomError): void => {
    if (gone !== undefined) return;
    gone = why;
    onDeath(why);
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
    void worker.terminate();
  };
  const ask = (request: EmbeddedRequest): Promise<EmbeddedReply> =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(gone);
      // Only an unanswered request keeps the program from ending.
      if (waiting.size === 0) worker.ref();
      waiting.set(++asked, { resolve, reject });
      worker.postMessage({ id: asked, request });
    });

  const ready = new Promise<Extract<EmbeddedMessage, { kind: 'ready' }>>((resolve, reject) => {
    worker.on('message', (message: EmbeddedMessage) => {
      if (message.kind === 'ready') return resolve(message);
      if (message.kind === 'failed') return reject(asError(message.error));
      const waiter = waiting.get(message.id);
      waiting.delete(message.id);
      if (waiting.size === 0) worker.unref();
      if (message.kind === 'reply') return waiter?.resolve(message.value);
      const error = asError(message.error);
      waiter?.reject(error);
      // After a panic PostgreSQL answers nothing more, and spins.
      if (isPanic(message.error)) die(stopped(error));
    });
    const ended = (why: unknown): void => {
      die(stopped(why));
      reject(stopped(why));
    };
    worker.on('error', ended);
    worker.on('exit', (code) => ended(`exit ${code}`));
  });

  try {
    const { version, migrated } = await ready;
    worker.unref();
    return {
      version,
      migrated,
      ask,
      async close() {
        if (gone !== undefined) return;
        // The files are closed when it has answered; the thread itself may have timers of its libraries to sit out.
        await ask({ op: 'close' }).finally(() => worker.terminate());
      },
    };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

function isPanic(failure: EmbeddedFailure): boolean {
  if (failure.kind !== 'driver') return false;
  const { severity } = failure.cause as { severity?: unknown };
  return severity === 'PANIC' || severity === 'FATAL';
}

function asError(failure: EmbeddedFailure): Error {
  switch (failure.kind) {
    case 'driver':
      return new DriverAdapterError(failure.cause as ConstructorParameters<typeof DriverAdapterError>[0]);
    case 'coded':
      return new AdloomError(failure.code as ErrorCode, failure.message, { hint: failure.hint });
    case 'other':
      return new Error(failure.message);
  }
}

function stopped(why: unknown): AdloomError {
  const { code, hint } = toStoreError(why);
  const reason = why instanceof Error ? why.message : String(why);
  return new AdloomError(code === 'DISK_FULL' ? code : 'STORE_UNAVAILABLE', `The embedded database has stopped (${reason}).`, {
    hint: code === 'DISK_FULL' ? hint : 'Try again: it is opened anew, and what was committed is kept.',
    cause: why,
  });
}
