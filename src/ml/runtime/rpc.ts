/**
 * Calls to a worker thread: one message out, one message back, cancellation by id. Errors cross as codes.
 * The worker serves calls one after another, in order, so that one model never runs twice at once.
 */
import { parentPort, Worker } from 'node:worker_threads';
import { AdloomError, bug, isAdloomError, messageOf, type ErrorCode } from '../../base/errors';
import type { Device } from './devices';
import { WorkerProcess, type Thread } from './worker-process';

interface Failure {
  message: string;
  code: ErrorCode;
  field?: string;
  hint?: string;
}

/** `sent` is a moment on `sharedClock`: a thread that is busy hears of a call late, and its caller waits all the same. */
type ToWorker = { type: 'call'; id: number; payload: unknown; sent: number } | { type: 'cancel'; id: number } | { type: 'close' };
type FromWorker =
  | { type: 'ready'; value: unknown }
  | { type: 'failed'; failure: Failure }
  | { type: 'reply'; id: number; value?: unknown; failure?: Failure }
  | { type: 'idle' };

export interface WorkerClient<Ready, Call, Reply> {
  readonly ready: Ready;
  call(payload: Call, signal?: AbortSignal): Promise<Reply & { queueMs: number }>;
  /** Waits for the calls in flight and for the run that a cancelled call left behind, then ends the thread; safe to call twice. */
  close(): Promise<void>;
  /** Resolves when the thread has ended, with the reason where nobody closed it. */
  readonly ended: Promise<Error | undefined>;
}

/** What calls to a thread that died are rejected with: INTERNAL for those in flight, MODEL_UNAVAILABLE for those after. */
export class WorkerDied extends AdloomError {
  /** @param begun whether this was the call that the thread worked on; those behind it had no part in its end */
  constructor(
    code: ErrorCode,
    message: string,
    why: Error,
    readonly begun: boolean,
  ) {
    super(code, message, { cause: why.cause ?? why });
  }
}

/** A thread that does not come to rest within this many milliseconds is ended as it stands. */
const REST_MS = 15_000;

function toError({ code, message, field, hint }: Failure): AdloomError {
  return new AdloomError(code, message, { field, hint });
}

function toFailure(error: unknown): Failure {
  if (isAdloomError(error)) return { code: error.code, message: error.message, field: error.field, hint: error.hint };
  return { code: 'INTERNAL', message: messageOf(error) };
}

function cancelledError(): AdloomError {
  return new AdloomError('CANCELLED', 'The call was cancelled.');
}

/** Milliseconds that mean the same in every thread; each counts its own from its start. */
function sharedClock(): number {
  return performance.timeOrigin + performance.now();
}

/** A driver that crashes takes its process with it: what runs on a device has one of its own. */
export function placeOf(device: Device): 'thread' | 'process' {
  return device === 'cpu' ? 'thread' : 'process';
}

/**
 * Starts a worker and waits until it says that it is ready.
 * @param where a thread of this process, or of one of its own
 * @throws what the worker's start threw
 */
export function startWorker<Ready, Call, Reply>(entry: string, workerData: unknown, where: 'thread' | 'process' = 'thread'): Promise<WorkerClient<Ready, Call, Reply>> {
  return new Promise((resolve, reject) => {
    const worker: Thread = where === 'process' ? new WorkerProcess(entry, workerData) : new Worker(entry, { workerData });
    const waiting = new Map<number, { resolve: (value: Reply & { queueMs: number }) => void; reject: (error: Error) => void }>();
    let next = 0;
    let closing: Promise<void> | undefined;
    let gone: Error | undefined;
    let tellEnd!: (why: Error | undefined) => void;
    const ended = new Promise<Error | undefined>((done) => (tellEnd = done));
    const post = (message: ToWorker): void => worker.postMessage(message);
    const client = (ready: Ready): WorkerClient<Ready, Call, Reply> => ({
      ready,
      call(payload, signal) {
        if (closing) return Promise.reject(new AdloomError('MODEL_UNAVAILABLE', 'The model has been closed.', { cause: gone }));
        if (gone) return Promise.reject(new WorkerDied('MODEL_UNAVAILABLE', 'The model has been closed.', gone, false));
        if (signal?.aborted) return Promise.reject(cancelledError());
        const id = next++;
        return new Promise((resolveCall, rejectCall) => {
          const cancel = (): void => {
            post({ type: 'cancel', id });
            if (waiting.delete(id)) rejectCall(cancelledError());
          };
          signal?.addEventListener('abort', cancel, { once: true });
          const settle = <T>(done: (value: T) => void) => (value: T): void => {
            signal?.removeEventListener('abort', cancel);
            done(value);
          };
          waiting.set(id, { resolve: settle(resolveCall), reject: settle(rejectCall) });
          post({ type: 'call', id, payload, sent: sharedClock() });
        });
      },
      close: () => (closing ??= close()),
      ended,
    });
    const close = async (): Promise<void> => {
      while (waiting.size > 0 && !gone) await new Promise((done) => setTimeout(done, 5));
      // A thread that is ended in the middle of a run takes the process with it: the binding throws where nobody can catch.
      const atRest = new Promise<void>((done) => {
        worker.on('message', (message: FromWorker) => message.type === 'idle' && done());
        worker.once('exit', () => done());
        setTimeout(done, REST_MS).unref();
      });
      if (!gone) {
        post({ type: 'close' });
        await atRest;
      }
      await worker.terminate();
    };
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') return resolve(client(message.value as Ready));
      if (message.type === 'failed') return reject(toError(message.failure));
      if (message.type === 'idle') return;
      const caller = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.failure) caller?.reject(toError(message.failure));
      else caller?.resolve(message.value as Reply & { queueMs: number });
    });
    const end = (error: Error): void => {
      // A thread that crashed also exits: what it crashed of is what there is to tell.
      gone ??= error;
      reject(gone);
      [...waiting.values()].forEach(({ reject: fail }, i) => fail(new WorkerDied('INTERNAL', gone!.message, gone!, i === 0)));
      waiting.clear();
      tellEnd(closing ? undefined : gone);
    };
    worker.on('error', (cause) => end(new AdloomError('INTERNAL', `A model thread failed: ${cause.message}`, { cause })));
    worker.on('exit', () => end(closing ? new AdloomError('MODEL_UNAVAILABLE', 'The model has been closed.') : bug('A model thread ended by itself.')));
  });
}

/**
 * The worker's side: `open` makes the handler, which then serves calls in order.
 * `cancelled` may be asked at any time; a cancelled call's result is dropped.
 */
export function serveWorker<Ready, Call, Reply>(
  open: () => Promise<{ ready: Ready; handle: (call: Call, cancelled: () => boolean) => Promise<Reply | undefined> }>,
): void {
  const port = parentPort!;
  const send = (message: FromWorker): void => port.postMessage(message);
  const queue: { id: number; payload: Call; sent: number }[] = [];
  let running: { id: number; cancelled: boolean } | undefined;
  let closing = false;
  open().then(
    ({ ready, handle }) => {
      const pump = async (): Promise<void> => {
        if (running) return;
        for (let item = queue.shift(); item; item = queue.shift()) {
          const { id, payload, sent } = item;
          const current = (running = { id, cancelled: false });
          const queueMs = Math.max(0, sharedClock() - sent);
          try {
            const value = await handle(payload, () => current.cancelled);
            if (!current.cancelled && value !== undefined) send({ type: 'reply', id, value: { ...value, queueMs } });
          } catch (error) {
            send({ type: 'reply', id, failure: toFailure(error) });
          }
        }
        running = undefined;
        if (closing) send({ type: 'idle' });
      };
      port.on('message', (message: ToWorker) => {
        if (message.type === 'close') closing = true;
        else if (message.type === 'cancel') {
          const at = queue.findIndex((item) => item.id === message.id);
          if (at >= 0) queue.splice(at, 1);
          else if (running?.id === message.id) running.cancelled = true;
        } else queue.push({ id: message.id, payload: message.payload as Call, sent: message.sent });
        void pump();
      });
      send({ type: 'ready', value: ready });
    },
    (error: unknown) => send({ type: 'failed', failure: toFailure(error) }),
  );
}
