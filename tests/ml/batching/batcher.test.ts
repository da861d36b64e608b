import fc from 'fast-check';
import type { AdloomError } from '../../../src/base/errors';
import { simulate } from './simulated-lanes';

const cost = fc.integer({ min: 1, max: 150 });
const arrivals = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 2000 }),
    costs: fc.array(cost, { minLength: 1, maxLength: 12 }),
    priority: fc.constantFrom('interactive' as const, 'background' as const),
    deadlineMs: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined, freq: 3 }),
    cancelAt: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined, freq: 3 }),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('whatever comes, and whenever it is given up', () => {
  it('every request ends once: with all its results in order, or with the reason that it was given', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 20 }), async (jobs, laneCount, maxWaitMs) => {
        const s = simulate({ laneCount, maxWaitMs, limits: { tokens: 800, requests: 8 } });
        const endings = jobs.map((job, n) => {
          const abort = new AbortController();
          if (job.cancelAt !== undefined) s.time.after(job.cancelAt, () => abort.abort());
          return s.time.wait(job.at).then(() => s.submit(`${n}`, job.costs, { ...job, signal: abort.signal }));
        });
        const ended = Promise.allSettled(endings);
        await s.time.run();
        const outcomes = await ended;
        outcomes.forEach((outcome, n) => {
          const { costs, priority, deadlineMs, cancelAt } = jobs[n]!;
          if (outcome.status === 'fulfilled') {
            expect(outcome.value.results).toEqual(costs.map((_, i) => `${n}/${i}!`));
            expect(outcome.value.totalMs).toBeLessThanOrEqual(deadlineMs ?? Infinity);
            expect(outcome.value.busyMs).toBeLessThanOrEqual(outcome.value.totalMs);
            return;
          }
          const { code } = outcome.reason as AdloomError;
          const reasons = [...(priority === 'interactive' ? ['OVERLOADED'] : []), ...(deadlineMs === undefined ? [] : ['DEADLINE_EXCEEDED']), ...(cancelAt === undefined ? [] : ['CANCELLED'])];
          expect(reasons).toContain(code);
        });
        // Nothing is sent twice, and no batch costs more than the budget unless it is a single part.
        const names = s.namesSent().flat();
        expect(new Set(names).size).toBe(names.length);
        for (const { items } of s.sent) {
          expect(items.length === 1 || items.reduce((sum, item) => sum + item.cost, 0) <= 100).toBe(true);
        }
        // No lane has two batches at once.
        for (let lane = 0; lane < laneCount; lane++) {
          const own = s.sent.filter((batch) => batch.lane === lane);
          own.slice(1).forEach((batch, i) => expect(batch.at).toBeGreaterThanOrEqual(own[i]!.at + own[i]!.items.reduce((sum, item) => sum + item.cost, 0)));
        }
        const stats = s.batcher.stats();
        expect(stats).toMatchObject({ waiting: { requests: 0, tokens: 0 }, running: { batches: 0, tokens: 0 }, failed: 0, batches: s.sent.length });
        // Those that were cancelled before they came never reached the batcher's books.
        const early = outcomes.filter((o, n) => o.status === 'rejected' && jobs[n]!.cancelAt !== undefined && jobs[n]!.cancelAt! <= jobs[n]!.at).length;
        expect(stats.answered + stats.refused + stats.late + stats.cancelled + early).toBe(jobs.length);
        expect(s.time.pending).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('a lane never idles while something waits, once it has been started', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cost, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 20 }), async (jobs) => {
        const s = simulate();
        const replies = Promise.all(jobs.map((costs, n) => s.submit(`${n}`, costs)));
        await s.time.run();
        await replies;
        expect(s.time.elapsed()).toBe(jobs.flat().reduce((sum, each) => sum + each, 0));
      }),
      { numRuns: 100 },
    );
  });
});

describe('batches', () => {
  it('gather while the lane is busy and go as soon as it is free', async () => {
    const s = simulate({ maxWaitMs: 50 });
    void s.submit('first', [60]);
    await s.time.run(55);
    for (const name of ['a', 'b', 'c', 'd']) void s.submit(name, [30]);
    await s.time.run();
    expect(s.namesSent()).toEqual([['first/0'], ['a/0', 'b/0', 'c/0'], ['d/0']]);
    expect(s.sent.map(({ at }) => at)).toEqual([50, 110, 200]);
  });

  it('wait for company only where the lane is idle and the batch not yet full', async () => {
    const s = simulate({ maxWaitMs: 20 });
    void s.submit('a', [30]);
    await s.time.run(10);
    void s.submit('b', [30]);
    await s.time.run(500);
    expect(s.sent).toMatchObject([{ at: 20, items: [{ name: 'a/0' }, { name: 'b/0' }] }]);
    void s.submit('c', [60, 40]);
    await s.time.run();
    expect(s.sent[1]).toMatchObject({ at: 500, items: [{ name: 'c/0' }, { name: 'c/1' }] });
  });

  it('share out what waits where several lanes are free', async () => {
    const s = simulate({ laneCount: 2 });
    const reply = s.submit('a', [25, 25, 25, 25]);
    await s.time.run();
    expect(s.namesSent()).toEqual([['a/0', 'a/1'], ['a/2', 'a/3']]);
    expect((await reply).totalMs).toBe(50);
    expect(await reply).toMatchObject({ busyMs: 50, batchMs: 100 });
  });
});

describe('order', () => {
  it('equals are served as they came, each without a break', async () => {
    const s = simulate();
    for (const name of ['a', 'b', 'c']) void s.submit(name, [80, 80, 80]);
    await s.time.run();
    expect(s.namesSent().flat()).toEqual(['a/0', 'a/1', 'a/2', 'b/0', 'b/1', 'b/2', 'c/0', 'c/1', 'c/2']);
  });

  it('a small request passes a large one that came before it', async () => {
    const s = simulate();
    void s.submit('large', Array.from({ length: 20 }, () => 100));
    await s.time.run(150);
    const small = s.submit('small', [40]);
    await s.time.run();
    expect((await small).totalMs).toBe(200 - 150 + 40);
  });

  it('a stream of small requests delays a large one by about its own size, not for ever', async () => {
    const s = simulate();
    let large: number | undefined;
    void s.submit('large', [100, 100, 100]).then(({ totalMs }) => (large = totalMs));
    for (let at = 0; at < 5000; at += 50) void s.time.wait(at).then(() => s.submit(`small${at}`, [50]));
    await s.time.run(5000);
    expect(large).toBeDefined();
    expect(large!).toBeLessThanOrEqual(2 * 300 + 100);
  });

  it('a background call gets a fifth beside interactive ones that never end, and all of it when there are none', async () => {
    const s = simulate();
    void s.submit('bulk', Array.from({ length: 100 }, () => 100), { priority: 'background' });
    // Two callers who always have one request waiting.
    const ask = async (name: string, until: number): Promise<void> => {
      for (let n = 0; s.time.elapsed() < until; n++) await s.submit(`${name}${n}`, [100]);
    };
    void ask('x', 5000);
    void ask('y', 5000);
    await s.time.run(5000);
    const share = s.sent.filter(({ items }) => items[0]!.name.startsWith('bulk')).length / s.sent.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.35);
    await s.time.run();
    expect(s.time.elapsed()).toBe(s.sent.length * 100);
  });

  it('ten interactive requests during a bulk call of ten thousand parts each wait for one batch at most', async () => {
    const s = simulate();
    const bulk = s.submit('bulk', Array.from({ length: 10_000 }, () => 20), { priority: 'background' });
    const waits: number[] = [];
    for (let n = 0; n < 10; n++) {
      void s.time.wait(1000 + 333 * n).then(async () => {
        const { totalMs } = await s.submit(`quick${n}`, [50]);
        waits.push(totalMs - 50);
      });
    }
    await s.time.run();
    expect(waits).toHaveLength(10);
    expect(Math.max(...waits)).toBeLessThanOrEqual(100 + 50);
    expect((await bulk).results).toHaveLength(10_000);
  });
});
