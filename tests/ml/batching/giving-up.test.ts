import { AdloomError } from '../../../src/base/errors';
import { simulate } from './simulated-lanes';

const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'answered', (error: AdloomError) => error.code);

describe('a request that is cancelled', () => {
  it('is never sent where it waits, and leaves the queue at once', async () => {
    const s = simulate();
    void s.submit('first', [100]);
    await s.time.run(10);
    const abort = new AbortController();
    const dropped = s.submit('dropped', [90, 90], { signal: abort.signal });
    const behind = s.submit('behind', [100, 20, 70]);
    expect(s.batcher.stats().waiting).toEqual({ requests: 2, tokens: 370 });
    abort.abort();
    expect(s.batcher.stats().waiting).toEqual({ requests: 1, tokens: 190 });
    expect(await codeOf(dropped)).toBe('CANCELLED');
    await s.time.run();
    expect((await behind).totalMs).toBe(90 + 190);
    expect(s.namesSent().flat()).not.toContain('dropped/0');
  });

  it('calls off its batch, but not one that others share', async () => {
    const s = simulate();
    const [a, b] = [new AbortController(), new AbortController()];
    void s.submit('a', [50], { signal: a.signal });
    const shared = s.submit('b', [50], { signal: b.signal });
    await s.time.run(10);
    a.abort();
    expect(s.calledOff).toHaveLength(0);
    b.abort();
    expect(s.calledOff).toHaveLength(1);
    expect(await codeOf(shared)).toBe('CANCELLED');
  });

  it('is refused where it was cancelled beforehand', async () => {
    const s = simulate();
    expect(await codeOf(s.submit('a', [1], { signal: AbortSignal.abort() }))).toBe('CANCELLED');
    await s.time.run();
    expect(s.sent).toHaveLength(0);
  });
});

describe('a deadline', () => {
  it('ends a request at that moment, with what waits of it unsent', async () => {
    const s = simulate();
    const late = s.submit('late', [100, 100, 100], { deadlineMs: 150 });
    let at = 0;
    void late.catch(() => (at = s.time.elapsed()));
    await s.time.run();
    expect(await codeOf(late)).toBe('DEADLINE_EXCEEDED');
    expect(at).toBe(150);
    expect(s.namesSent()).toEqual([['late/0'], ['late/1']]);
    expect(s.batcher.stats()).toMatchObject({ late: 1, answered: 0 });
  });

  it('that the load rules out is refused at once, and one that it allows is kept', async () => {
    const s = simulate();
    await Promise.all([s.submit('measure', [100]), s.time.run()]);
    void s.submit('busy', [100, 100, 100]);
    const started = s.time.elapsed();
    await s.time.run(started + 10);
    const hopeless = s.submit('hopeless', [250], { deadlineMs: 300 });
    expect(await codeOf(hopeless)).toBe('DEADLINE_EXCEEDED');
    expect(s.time.elapsed()).toBe(started + 10);
    // Small enough to pass those that wait.
    const kept = s.submit('kept', [100], { deadlineMs: 300 });
    await s.time.run();
    expect((await kept).totalMs).toBeLessThanOrEqual(300);
  });

  it('is tried however short where nothing else is there: an estimate cannot refuse for good', async () => {
    const s = simulate();
    await Promise.all([s.submit('slow', [100]), s.time.run()]);
    expect(s.batcher.stats().tokensPerSecond).toBe(1000);
    const tried = s.submit('tried', [60], { deadlineMs: 50 });
    await s.time.run();
    expect(await codeOf(tried)).toBe('DEADLINE_EXCEEDED');
    expect(s.namesSent().flat()).toContain('tried/0');
  });

  it('leaves no timer behind where it was met', async () => {
    const s = simulate();
    void s.submit('a', [10], { deadlineMs: 60_000 });
    await s.time.run(100);
    expect(s.time.pending).toBe(0);
  });
});

describe('a full queue', () => {
  const fill = async (limits: { tokens: number; requests: number }) => {
    const s = simulate({ limits });
    await Promise.all([s.submit('measure', [100]), s.time.run()]);
    void s.submit('running', [100]);
    await s.time.run(s.time.elapsed());
    return s;
  };

  it('by tokens refuses, and the hint tells when there is room', async () => {
    const s = await fill({ tokens: 300, requests: 100 });
    for (const name of ['a', 'b', 'c']) void s.submit(name, [100]);
    const refused = await s.submit('d', [100]).catch((error: AdloomError) => error);
    expect(refused).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 100, hint: expect.stringContaining('100 ms') });
    await s.time.run(s.time.elapsed() + 100);
    const again = s.submit('d', [100]);
    await s.time.run();
    expect(await codeOf(again)).toBe('answered');
    expect(s.batcher.stats()).toMatchObject({ refused: 1, answered: 6 });
  });

  it('by requests refuses too', async () => {
    const s = await fill({ tokens: 1e9, requests: 2 });
    for (const name of ['a', 'b']) void s.submit(name, [60]);
    expect(await s.submit('c', [1]).catch((error: AdloomError) => error)).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 60 });
  });

  it('takes one request that is larger than itself where it is empty, and background jobs always', async () => {
    const s = await fill({ tokens: 300, requests: 2 });
    const large = s.submit('large', [100, 100, 100, 100, 100]);
    expect(await codeOf(s.submit('next', [10]))).toBe('OVERLOADED');
    const bulk = s.submit('bulk', [100, 100], { priority: 'background' });
    await s.time.run();
    expect([await codeOf(large), await codeOf(bulk)]).toEqual(['answered', 'answered']);
  });
});

describe('a lane that fails', () => {
  const bad = new AdloomError('BAD_INPUT', 'This item is bad.');

  it('fails the request at fault alone: those that shared its batch are answered', async () => {
    const s = simulate({ fail: (items) => (items.some(({ name }) => name.startsWith('bad')) ? bad : undefined) });
    const replies = [s.submit('a', [20]), s.submit('bad', [20]), s.submit('c', [20, 20])];
    await s.time.run();
    expect(await Promise.all(replies.map(codeOf))).toEqual(['answered', 'BAD_INPUT', 'answered']);
    expect((await replies[2]!).results).toEqual(['c/0!', 'c/1!']);
    expect(s.batcher.stats()).toMatchObject({ answered: 2, failed: 1, waiting: { requests: 0, tokens: 0 } });
  });

  it('is left out where it is gone, and the others do its work', async () => {
    const gone = new AdloomError('MODEL_UNAVAILABLE', 'The thread is gone.');
    const s = simulate({ laneCount: 2, fail: (_, lane) => (lane === 1 ? gone : undefined) });
    const replies = ['a', 'b', 'c', 'd'].map((name) => s.submit(name, [100]));
    await s.time.run();
    expect(await Promise.all(replies.map(codeOf))).toEqual(['answered', 'answered', 'answered', 'answered']);
    expect(s.sent.filter(({ lane }) => lane === 1)).toHaveLength(1);
    expect(s.batcher.stats().lanes).toBe(1);
  });

  it('and was the last one fails what waits, and what comes after', async () => {
    const s = simulate({ fail: () => new AdloomError('MODEL_UNAVAILABLE', 'The thread is gone.') });
    const replies = ['a', 'b'].map((name) => s.submit(name, [100]));
    await s.time.run();
    expect(await Promise.all([...replies, s.submit('c', [1])].map(codeOf))).toEqual(['MODEL_UNAVAILABLE', 'MODEL_UNAVAILABLE', 'MODEL_UNAVAILABLE']);
    await s.batcher.close();
  });
});

describe('a lane that is gone for a while', () => {
  const back = new AdloomError('MODEL_UNAVAILABLE', 'The thread is being replaced.', { retryAfterMs: 5_000 });

  it('is asked again when it said, and not before', async () => {
    let broken = true;
    const s = simulate({ fail: () => (broken ? back : undefined) });
    const lost = s.submit('a', [100]);
    await s.time.run(s.time.elapsed() + 200);
    expect([await codeOf(lost), await codeOf(s.submit('b', [1])), s.batcher.stats().lanes]).toEqual(['MODEL_UNAVAILABLE', 'MODEL_UNAVAILABLE', 0]);
    broken = false;
    await s.time.run(s.time.elapsed() + 5_000);
    const found = s.submit('c', [10]);
    await s.time.run();
    expect([await codeOf(found), s.batcher.stats().lanes]).toEqual(['answered', 1]);
  });

  it('keeps nobody waiting who closes', async () => {
    const s = simulate({ fail: () => back });
    const lost = s.submit('a', [100]);
    await s.time.run(s.time.elapsed() + 200);
    expect(await codeOf(lost)).toBe('MODEL_UNAVAILABLE');
    await s.batcher.close();
    await s.time.run(s.time.elapsed() + 10_000);
    expect(s.batcher.stats().lanes).toBe(0);
  });
});

describe('misuse', () => {
  it.each([0, -1, NaN, Infinity])('a part that costs %d is refused', async (cost) => {
    await expect(simulate().submit('a', [cost])).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'cost' });
  });

  it.each([-1, NaN])('a deadline of %d ms is refused', async (deadlineMs) => {
    await expect(simulate().submit('a', [1], { deadlineMs })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'deadlineMs' });
  });

  it('a job of nothing is answered with nothing', async () => {
    expect(await simulate().submit('a', [])).toEqual({ results: [], totalMs: 0, busyMs: 0, batchMs: 0 });
  });
});

describe('closing', () => {
  it('answers what was taken, refuses what comes after', async () => {
    const s = simulate();
    const taken = s.submit('a', [100, 100]);
    let closed = 0;
    void s.batcher.close().then(() => (closed = s.time.elapsed()));
    expect(await codeOf(s.submit('b', [1]))).toBe('MODEL_UNAVAILABLE');
    await s.time.run();
    expect([await codeOf(taken), closed]).toEqual(['answered', 200]);
    await s.batcher.close();
  });
});
