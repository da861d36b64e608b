import path from 'node:path';
import { KeptWorker, type KeepOptions } from '../../../src/ml/runtime/keep-worker';
import { startWorker, type WorkerClient } from '../../../src/ml/runtime/rpc';

interface Call {
  do: string;
  value?: unknown;
  ms?: number;
}
type Client = WorkerClient<{ id: string }, Call, { value?: unknown }>;

const ENTRY = path.join(__dirname, '..', 'workers', 'calls.cjs');
const opened: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(opened.map((one) => one.close())));

/** Threads of calls.cjs, each with the id of the model that it read. */
async function keep(ids: readonly string[] = [], options: Partial<KeepOptions<Client>> = {}): Promise<{ worker: KeptWorker<{ id: string }, Call, { value?: unknown }>; clients: Client[] }> {
  const clients: Client[] = [];
  const start = async (): Promise<Client> => {
    const client: Client = { ...(await startWorker<{ id: string }, Call, { value?: unknown }>(ENTRY, {})), ready: { id: ids[clients.length] ?? 'same' } };
    clients.push(client);
    return client;
  };
  const worker = await KeptWorker.open({ name: 'test', device: 'cpu', start, ...options });
  opened.push(worker);
  return { worker, clients };
}

const outcomes = (promises: Promise<{ value?: unknown }>[]): Promise<unknown[]> => Promise.all(promises.map((one) => one.then(({ value }) => value, ({ code }: { code: string }) => code)));

describe('a worker that is kept', () => {
  test('gives up the call that its threads die of, at the second time; those behind it are answered', async () => {
    const { worker, clients } = await keep();
    expect(await outcomes([worker.call({ do: 'echo', value: 1 }), worker.call({ do: 'crash' }), worker.call({ do: 'echo', value: 2 }), worker.call({ do: 'echo', value: 3 })])).toEqual([1, 'INTERNAL', 2, 3]);
    expect(clients).toHaveLength(3);
  });

  test('is replaced before anybody asks', async () => {
    const { worker, clients } = await keep([], { limit: { most: 10, withinMs: 60_000 } });
    await outcomes([worker.call({ do: 'exit' })]);
    while (clients.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await worker.call({ do: 'served' })).value).toEqual(['served']);
  });

  test('refuses calls when it had to be replaced too often, and serves again when that lies behind it', async () => {
    const { worker } = await keep([], { limit: { most: 1, withinMs: 6_000 } });
    expect(await outcomes([worker.call({ do: 'exit' })])).toEqual(['INTERNAL']);
    await expect(worker.call({ do: 'echo', value: 1 })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', hint: expect.stringContaining('Try again in a minute') });
    await new Promise((resolve) => setTimeout(resolve, 6_100));
    expect(await outcomes([worker.call({ do: 'echo', value: 1 })])).toEqual([1]);
  });

  test('never goes on with another model than the one that was opened', async () => {
    const { worker } = await keep(['first', 'second']);
    expect(await outcomes([worker.call({ do: 'exit' })])).toEqual(['MODEL_INVALID']);
  });

  test('brings a replacement to where the thread before it was', async () => {
    const { worker } = await keep([], { restore: async (client) => void (await client.call({ do: 'echo', value: 'restored' })), limit: { most: 10, withinMs: 60_000 } });
    await outcomes([worker.call({ do: 'exit' })]);
    expect((await worker.call({ do: 'served' })).value).toEqual(['restored', 'served']);
  });

  test('leaves a cancelled call cancelled, and errors of the call itself alone', async () => {
    const { worker, clients } = await keep();
    const abort = new AbortController();
    const slow = worker.call({ do: 'slow', ms: 5_000 }, abort.signal);
    setTimeout(() => abort.abort(), 30);
    expect(await outcomes([slow, worker.call({ do: 'coded' })])).toEqual(['CANCELLED', 'BAD_INPUT']);
    expect(clients).toHaveLength(1);
  });

  test('ends for good when it is closed, also while it is being replaced', async () => {
    const { worker } = await keep();
    const dying = outcomes([worker.call({ do: 'exit' })]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await worker.close();
    expect(await dying).toEqual([expect.stringMatching(/^(MODEL_UNAVAILABLE|INTERNAL)$/)]);
    await expect(worker.call({ do: 'echo' })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', message: 'The model has been closed.' });
  });
});
