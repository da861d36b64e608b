/**
 * A worker that outlives its threads: one that dies is replaced, one whose device fails is replaced by one on the cpu, and the calls that
 * it had are made again. Called as in `rpc.ts`; each reply says which device computed it.
 */
import { AdloomError, isAdloomError } from '../../base/errors';
import { silentLogger, type Logger } from '../../base/logger';
import type { Device } from './devices';
import { WorkerDied, type WorkerClient } from './rpc';

export interface KeepOptions<Client> {
  /** For the log. */
  readonly name: string;
  /** Where the first thread runs. */
  readonly device: Device;
  start(device: Device): Promise<Client>;
  /** Brings a replacement to where the thread before it was (adapters that were loaded, say). */
  restore?(client: Client): Promise<void>;
  readonly logger?: Logger;
  /** Replacements at most; beyond it calls are refused until some lie longer ago. Three in a minute unless told. */
  readonly limit?: { readonly most: number; readonly withinMs: number };
}

interface Thread<Client> {
  readonly client: Client;
  readonly device: Device;
}

/** Times that a call may have been what a thread died of. */
const DEATHS_OF_A_CALL = 2;

export class KeptWorker<Ready extends { id: string }, Call, Reply> {
  private thread: Thread<WorkerClient<Ready, Call, Reply>> | undefined;
  private starting: Promise<Thread<WorkerClient<Ready, Call, Reply>>> | undefined;
  private closing: Promise<void> | undefined;
  private readonly replacements: number[] = [];
  private lastLoss: Error | undefined;

  private constructor(
    private readonly options: KeepOptions<WorkerClient<Ready, Call, Reply>>,
    /** What the first thread said; its replacements must be of the same model. */
    readonly ready: Ready,
    /** Where the thread runs that serves now, or the next one where none does. */
    public device: Device,
  ) {}

  /** Starts the first thread. @throws what its start threw */
  static async open<Ready extends { id: string }, Call, Reply>(options: KeepOptions<WorkerClient<Ready, Call, Reply>>): Promise<KeptWorker<Ready, Call, Reply>> {
    const client = await options.start(options.device);
    const kept = new KeptWorker(options, client.ready, options.device);
    kept.serve(client);
    return kept;
  }

  /** @throws what the call threw, and MODEL_UNAVAILABLE where the thread died too often or could not be replaced */
  async call(payload: Call, signal?: AbortSignal): Promise<Reply & { queueMs: number; device: Device }> {
    for (let deaths = 0; ; ) {
      if (this.closing) throw closed();
      const thread = await this.serving();
      try {
        return { ...(await thread.client.call(payload, signal)), device: thread.device };
      } catch (error) {
        const died = error instanceof WorkerDied;
        const deviceFailed = isAdloomError(error) && error.code === 'DEVICE_UNAVAILABLE' && thread.device !== 'cpu';
        if (this.closing || !(died || deviceFailed)) throw error;
        this.lose(thread, error);
        if (died && error.begun && ++deaths === DEATHS_OF_A_CALL) throw error;
      }
    }
  }

  /** Waits for the calls in flight, then ends the thread; safe to call twice. */
  close(): Promise<void> {
    return (this.closing ??= (async () => {
      const thread = await (this.starting ?? Promise.resolve(this.thread)).catch(() => undefined);
      await thread?.client.close();
    })());
  }

  private async serving(): Promise<Thread<WorkerClient<Ready, Call, Reply>>> {
    if (this.thread) return this.thread;
    this.starting ??= this.replace().finally(() => (this.starting = undefined));
    return this.starting;
  }

  private serve(client: WorkerClient<Ready, Call, Reply>): Thread<WorkerClient<Ready, Call, Reply>> {
    const thread = (this.thread = { client, device: this.device });
    void client.ended.then((why) => why && this.lose(thread, why));
    return thread;
  }

  /** Leaves a thread, once, and starts the next without waiting for a call that needs it. */
  private lose(thread: Thread<WorkerClient<Ready, Call, Reply>>, why: Error): void {
    if (this.thread !== thread || this.closing) return;
    this.thread = undefined;
    this.lastLoss = why;
    const { name, logger = silentLogger } = this.options;
    if (thread.device === 'cpu') logger.error('a model thread ended; it is started again', { model: name, error: why.message });
    else logger.error('a device was lost; its model goes on with the cpu', { model: name, device: thread.device, error: why.message });
    this.device = 'cpu';
    void thread.client.close();
    this.serving().catch((error: Error) => logger.error('a model thread could not be started again', { model: name, error: error.message }));
  }

  private async replace(): Promise<Thread<WorkerClient<Ready, Call, Reply>>> {
    const { name, start, restore, limit: { most, withinMs } = { most: 3, withinMs: 60_000 } } = this.options;
    const now = performance.now();
    while (this.replacements.length > 0 && now - this.replacements[0]! > withinMs) this.replacements.shift();
    if (this.replacements.length >= most) {
      throw new AdloomError('MODEL_UNAVAILABLE', `The thread of the model ${name} had to be replaced more than ${most} times within ${withinMs / 1000} s: ${this.lastLoss?.message ?? ''}`, {
        hint: 'Try again in a minute; when it stays, the log says what the thread ended with.',
        retryAfterMs: Math.ceil(this.replacements[0]! + withinMs - now) + 1,
        cause: this.lastLoss,
      });
    }
    this.replacements.push(now);
    const client = await start(this.device);
    try {
      if (client.ready.id !== this.ready.id) {
        throw new AdloomError('MODEL_INVALID', `The files of the model ${name} are no longer those that were opened: ${client.ready.id}, not ${this.ready.id}.`, { hint: 'Start the program again to use the new ones.' });
      }
      await restore?.(client);
      if (this.closing) throw closed();
    } catch (error) {
      await client.close();
      throw error;
    }
    return this.serve(client);
  }
}

function closed(): AdloomError {
  return new AdloomError('MODEL_UNAVAILABLE', 'The model has been closed.');
}
