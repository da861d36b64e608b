import { silentLogger, type Logger } from '../../src/base/logger';
import { createJobQueue } from '../../src/jobs/job-queue';

function gate(): { promise: Promise<void>; open(): void } {
  let open!: () => void;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}

test('never more at once than it may, in the order they came', async () => {
  const queue = createJobQueue(silentLogger, { concurrency: 2 });
  let running = 0;
  let most = 0;
  const order: number[] = [];
  for (let job = 0; job < 8; job++) {
    queue.enqueue('test', String(job), async () => {
      order.push(job);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
    });
  }
  await queue.idle();
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a job that waits or runs is not taken twice', async () => {
  const queue = createJobQueue(silentLogger);
  let times = 0;
  const held = gate();
  for (let i = 0; i < 3; i++) queue.enqueue('test', 'same', async () => { times += 1; await held.promise; });
  queue.enqueue('other kind', 'same', async () => { times += 10; });
  held.open();
  await queue.idle();
  expect(times).toBe(11);
});

test('a job that throws, at once or later, is logged and the next one runs', async () => {
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (_message, fields) => errors.push(String(fields?.['error'])) };
  const queue = createJobQueue(logger);
  let ran = false;
  queue.enqueue('test', '1', () => { throw new Error('at once'); });
  queue.enqueue('test', '2', () => Promise.reject(new Error('later')));
  queue.enqueue('test', '3', async () => { ran = true; });
  await queue.idle();
  expect([errors, ran]).toEqual([['at once', 'later'], true]);
});

test('cancelling takes a waiting job out and aborts a running one', async () => {
  const queue = createJobQueue(silentLogger);
  const held = gate();
  const seen: string[] = [];
  queue.enqueue('test', 'running', async (signal) => { signal.addEventListener('abort', held.open); await held.promise; seen.push(`aborted ${signal.aborted}`); });
  queue.enqueue('test', 'waiting', async () => { seen.push('must not run'); });
  await Promise.resolve();
  expect([queue.cancel('test', 'waiting'), queue.cancel('test', 'running'), queue.cancel('test', 'unknown')]).toEqual([true, true, false]);
  await queue.idle();
  expect([seen, queue.size()]).toEqual([['aborted true'], 0]);
});

test('closing lets what runs finish in its grace, then aborts it, and takes no more', async () => {
  const queue = createJobQueue(silentLogger);
  const seen: string[] = [];
  queue.enqueue('test', 'slow', (signal) => new Promise((resolve) => signal.addEventListener('abort', () => { seen.push('aborted'); resolve(); })));
  queue.enqueue('test', 'waiting', async () => { seen.push('must not run'); });
  await queue.close(20);
  queue.enqueue('test', 'late', async () => { seen.push('must not run'); });
  await queue.idle();
  expect(seen).toEqual(['aborted']);
});
