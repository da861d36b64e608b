import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startWorker, type WorkerClient } from '../../../src/ml/runtime/rpc';

interface Call {
  do: string;
  value?: unknown;
  ms?: number;
}
type Client = WorkerClient<{ greeting: string }, Call, { value?: unknown }>;

const ENTRY = path.join(__dirname, '..', 'workers', 'calls.cjs');

describe.each(['thread', 'process'] as const)('a worker in a %s', (where) => {
  const open = (start?: string): Promise<Client> => startWorker(ENTRY, { start }, where);
  const opened: Client[] = [];
  let client: Client;
  beforeEach(async () => {
    client = await open();
    opened.push(client);
  });
  afterAll(() => Promise.all(opened.map((one) => one.close())));

  describe('calls to a worker thread', () => {
    it('bring each reply to its own caller, in the order of the calls', async () => {
      const finished: unknown[] = [];
      const calls = [{ do: 'slow', value: 0, ms: 60 }, ...[1, 2, 3].map((value) => ({ do: 'echo', value }))];
      const replies = await Promise.all(calls.map((call) => client.call(call).then((reply) => (finished.push(reply.value), reply.value))));
      expect(replies).toEqual([0, 1, 2, 3]);
      expect(finished).toEqual([0, 1, 2, 3]);
    });

    it('carry what the worker said when it was ready', () => {
      expect(client.ready).toEqual({ greeting: 'hello' });
    });

    it('tell how long they waited, also for a thread that was too busy to hear of them', async () => {
      const first = client.call({ do: 'busy', ms: 200 });
      await wait(60);
      const [, second] = await Promise.all([first, client.call({ do: 'echo', value: 1 })]);
      expect(second.queueMs).toBeGreaterThan(80);
      expect((await client.call({ do: 'echo', value: 1 })).queueMs).toBeLessThan(80);
    });
  });

  describe('errors of a worker thread', () => {
    it('cross with code, field and hint', async () => {
      await expect(client.call({ do: 'coded' })).rejects.toMatchObject({ name: 'AdloomError', code: 'BAD_INPUT', message: 'The text is too long.', field: 'text', hint: 'Shorten it.' });
    });

    it.each([
      ['plain', 'x is not a function'],
      ['text', 'a text'],
      ['uncloneable', '() => 1 could not be cloned.'],
    ])('that have no code are internal: %s', async (way, message) => {
      await expect(client.call({ do: way })).rejects.toMatchObject({ code: 'INTERNAL', message });
      expect((await client.call({ do: 'echo', value: 5 })).value).toBe(5);
    });

    it('at its start reject the opening', async () => {
      await expect(open('coded')).rejects.toMatchObject({ code: 'MODEL_INVALID', message: 'The model is broken.', field: 'config.json', hint: 'Fetch it again.' });
      await expect(open('plain')).rejects.toMatchObject({ code: 'INTERNAL', message: 'out of range' });
      await expect(open('exit')).rejects.toMatchObject({ code: 'INTERNAL', message: 'A model thread ended by itself. This is a bug in Adloom.' });
      await expect(startWorker(path.join(__dirname, 'nowhere.cjs'), {}, where)).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('A model thread failed: Cannot find module') });
    });
  });

  describe('a worker thread that dies', () => {
    it.each([
      ['exit', 'A model thread ended by itself. This is a bug in Adloom.'],
      ['crash', 'A model thread failed: out of nowhere'],
    ])('fails the calls in flight and refuses those after: %s', async (way, message) => {
      const calls = [client.call({ do: way }), client.call({ do: 'echo', value: 1 })];
      for (const result of await Promise.allSettled(calls)) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'INTERNAL', message } });
      await expect(client.call({ do: 'echo' })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
      await client.close();
    });
  });

  describe('a call that is cancelled', () => {
    it('ends at once, and the worker drops the work', async () => {
      const abort = new AbortController();
      const slow = client.call({ do: 'slow', value: 'slow', ms: 5000 }, abort.signal);
      const started = performance.now();
      setTimeout(() => abort.abort(), 30);
      await expect(slow).rejects.toMatchObject({ code: 'CANCELLED', message: 'The call was cancelled.' });
      expect((await client.call({ do: 'echo', value: 1 })).value).toBe(1);
      expect(performance.now() - started).toBeLessThan(4000);
    });

    it('is never begun where it waits behind another', async () => {
      const abort = new AbortController();
      const first = client.call({ do: 'slow', value: 'first', ms: 50 });
      const second = client.call({ do: 'echo', value: 'second' }, abort.signal);
      abort.abort();
      await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
      await first;
      expect((await client.call({ do: 'served' })).value).toEqual(['first', 'served']);
    });

    it('leaves no listener behind once it is answered', async () => {
      const abort = new AbortController();
      const added = jest.spyOn(abort.signal, 'addEventListener');
      const removed = jest.spyOn(abort.signal, 'removeEventListener');
      await client.call({ do: 'echo' }, abort.signal);
      await expect(client.call({ do: 'plain' }, abort.signal)).rejects.toThrow();
      expect(removed.mock.calls.length).toBe(added.mock.calls.length);
    });
  });

  describe('closing', () => {
    it('waits for what is in flight', async () => {
      const slow = client.call({ do: 'slow', value: 7, ms: 100 });
      await client.close();
      expect((await slow).value).toBe(7);
      await expect(client.call({ do: 'echo' })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', message: 'The model has been closed.' });
    });

    it('is over at once where the thread is gone', async () => {
      await expect(client.call({ do: 'exit' })).rejects.toThrow();
      await client.close();
      await client.close();
    });
  });
});

describe('a process of a worker', () => {
  const program = path.join(__dirname, '..', 'workers', 'process-owner.cjs');
  const alive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const gone = async (pid: number): Promise<void> => {
    while (alive(pid)) await wait(20);
  };

  it('that crashes takes its calls with it, not the server', async () => {
    const worker: Client = await startWorker(ENTRY, {}, 'process');
    const pid = (await worker.call({ do: 'pid' })).value as number;
    expect(pid).not.toBe(process.pid);
    const calls = [worker.call({ do: 'kill' }), worker.call({ do: 'echo', value: 1 })];
    for (const result of await Promise.allSettled(calls)) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'INTERNAL', message: 'A model thread failed: its process ended with SIGKILL' } });
    await worker.close();
    await gone(pid);
  });

  it('ends with the worker that was closed, and with the server that crashed', async () => {
    const worker: Client = await startWorker(ENTRY, {}, 'process');
    const pid = (await worker.call({ do: 'pid' })).value as number;
    await worker.close();
    expect(alive(pid)).toBe(false);

    const server = spawn(process.execPath, [program]);
    const said = (from: 'stdout' | 'stderr'): Promise<string> => new Promise((resolve) => server[from].once('data', (data: Buffer) => resolve(data.toString())));
    // What a driver prints is kept apart from what the program answers.
    const [answer, printed] = await Promise.all([said('stdout'), said('stderr')]);
    expect(printed).toBe('a driver\n');
    const orphan = Number(answer);
    expect(alive(orphan)).toBe(true);
    server.kill('SIGKILL');
    await gone(orphan);
  });
});
