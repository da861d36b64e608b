import type { Scorer } from '../../../src/ml/serve/types';
import { openScorer } from '../../../src/ml/serve/open-scorer';
import { CTR } from './model-directories';

const WORDS = 'trail running shoes city map learn fee rain coat music bread garden night'.split(' ');
const phrase = (seed: number, words: number): string => Array.from({ length: words }, (_, i) => WORDS[(seed * 7 + i * i + i) % WORDS.length]).join(' ');
const REQUESTS = Array.from({ length: 32 }, (_, n) => ({
  prefix: n % 8 === 0 ? '' : phrase(n, 3 + (n % 30)),
  texts: Array.from({ length: 1 + ((n * 5) % 40) }, (__, i) => phrase(n * 100 + i, 2 + (i % 12))),
}));

let opened: Scorer[] = [];
afterEach(async () => {
  await Promise.all(opened.map((scorer) => scorer.close()));
  opened = [];
});
async function open(options: Parameters<typeof openScorer>[1]): Promise<Scorer> {
  const scorer = await openScorer(CTR, options);
  opened.push(scorer);
  return scorer;
}

it.each([1, 2])('thirty-two calls at once, with a bulk call among them, give the scores of one by one: %d threads', async (threads) => {
  const scorer = await open({ threads });
  const alone = [];
  for (const request of REQUESTS) alone.push((await scorer.score(request)).scores);
  const pairs = REQUESTS.flatMap(({ prefix, texts }) => texts.map((text) => ({ prefix, text })));
  const [bulk, ...together] = await Promise.all([scorer.scoreMany(pairs), ...REQUESTS.map((request) => scorer.score(request).then((reply) => reply.scores))]);
  const flat = alone.flat();
  for (const scores of [together.flat(), bulk]) {
    expect(scores).toHaveLength(flat.length);
    scores.forEach((score, i) => {
      expect(Math.abs(score.logit - flat[i]!.logit)).toBeLessThan(1e-4);
      expect(Math.abs(score.probability - flat[i]!.probability)).toBeLessThan(1e-4);
    });
  }
  expect(scorer.stats!()).toMatchObject({ lanes: threads, refused: 0, failed: 0, waiting: { requests: 0, tokens: 0 } });
});

it('small calls share runs of the model', async () => {
  const scorer = await open({ threads: 1 });
  const calls = 64;
  await Promise.all(Array.from({ length: calls }, (_, i) => scorer.score({ prefix: phrase(i, 5), texts: [phrase(i, 6)] })));
  const { batches, answered, requestsPerBatch } = scorer.stats!();
  expect(answered).toBe(calls);
  expect(batches).toBeLessThan(calls / 4);
  expect(requestsPerBatch).toBeGreaterThan(4);
});

it('a small call asked for during a bulk call of ten thousand pairs is answered long before it', async () => {
  const scorer = await open({ threads: 1 });
  const pairs = Array.from({ length: 10_000 }, (_, i) => ({ prefix: phrase(i % 50, 8), text: phrase(i, 8) }));
  let [bulkDone, answeredFirst] = [false, 0];
  const bulk = scorer.scoreMany(pairs).then((scores) => ((bulkDone = true), scores));
  for (let n = 0; n < 5; n++) {
    await scorer.score({ prefix: phrase(n, 8), texts: [phrase(n, 6)] });
    if (!bulkDone) answeredFirst += 1;
  }
  expect(answeredFirst).toBe(5);
  expect(await bulk).toHaveLength(10_000);
  const { queueMs } = scorer.stats!();
  expect(queueMs.p50).toBeGreaterThan(0);
}, 120_000);

it('a call beyond what may wait is refused with a time to come back, and succeeds then', async () => {
  const scorer = await open({ threads: 1, limits: { tokens: 3_000, requests: 4 } });
  const many = { prefix: phrase(1, 20), texts: Array.from({ length: 200 }, (_, i) => phrase(i, 10)) };
  const calls = Array.from({ length: 8 }, () => scorer.score(many));
  const refused = (await Promise.allSettled(calls)).flatMap((each) => (each.status === 'rejected' ? [each.reason as { code: string; retryAfterMs: number }] : []));
  expect(refused.length).toBeGreaterThan(0);
  for (const { code, retryAfterMs } of refused) {
    expect(code).toBe('OVERLOADED');
    expect(retryAfterMs).toBeGreaterThan(0);
  }
  expect((await scorer.score(many)).scores).toHaveLength(200);
});

it('a deadline that passes ends the call, and a generous one does not', async () => {
  const scorer = await open({ threads: 1 });
  const many = { prefix: '', texts: Array.from({ length: 3_000 }, (_, i) => phrase(i, 12)) };
  const started = performance.now();
  await expect(scorer.score(many, { deadlineMs: 20 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  const gaveUp = performance.now() - started;
  const rest = await scorer.score(many, { deadlineMs: 600_000 });
  expect(rest.scores).toHaveLength(3_000);
  expect(gaveUp).toBeLessThan(rest.timing.inferenceMs);
});
