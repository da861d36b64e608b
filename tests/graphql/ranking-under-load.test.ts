import path from 'node:path';
import { openScorer } from '../../src/ml/serve/open-scorer';
import type { Scorer } from '../../src/ml/serve/types';
import { RankCreativesDocument, RecordOutcomesDocument } from '../generated/operations';
import { makeCampaign, makeCreatives, makePerson, unique } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

/** A small real model in its thread: what is promised here is about how it shares its time. */
const MODEL = path.join(__dirname, '..', 'fixtures', 'models', 'ctr');
const HEADLINES = ['Mud is part of the plan', 'Rooftops before breakfast', 'Find your line'];
const RANK = 'query ($c: ID!, $p: ID, $d: Int) { rankCreatives(campaignId: $c, profileId: $p, deadlineMs: $d) { stage personalised predictions { rank pClick device creative { headline } modelVersion { id } } } }';

let scorer: Scorer;
let t: TestApp;
let campaignId: string;
let profileId: string;
beforeAll(async () => {
  scorer = await openScorer(MODEL, { threads: 1, limits: { tokens: 1_000_000, requests: 2 } });
  t = await openTestApp({ overrides: { scorer } });
  campaignId = await makeCampaign(t);
  const creatives = await makeCreatives(t, campaignId, HEADLINES);
  profileId = (await makePerson(t, ['trail running shoes'])).id;
  const seen = [[1000, 10], [1000, 90], [1000, 40]] as const;
  const outcomes = seen.flatMap(([impressions, clicks], i) => [
    { outcomeId: unique('seen'), creativeId: creatives[i]!, kind: 'IMPRESSION' as const, count: impressions },
    { outcomeId: unique('seen'), creativeId: creatives[i]!, kind: 'CLICK' as const, count: clicks },
  ]);
  const { recordOutcomes } = await t.run(RecordOutcomesDocument, { input: { outcomes } });
  expect(recordOutcomes.recorded).toBe(6);
});
afterAll(() => t.close());

/** Keeps the model busy with so many requests of about this many texts; resolves when they are done. */
function occupy(requests: number, texts: number): Promise<unknown> {
  const request = { prefix: 'trail running shoes', texts: Array.from({ length: texts }, (_, i) => `The map is only a suggestion, said the runner number ${i}`) };
  return Promise.all(Array.from({ length: requests }, () => scorer.score(request)));
}

async function until(holds: () => boolean): Promise<void> {
  for (const start = performance.now(); !holds(); ) {
    if (performance.now() - start > 20_000) throw new Error('It did not come about in 20 s.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const kept = (): Promise<number> => t.app.deps.predictions.flush().then(async () => {
  const page = await t.app.deps.store.predictions.page(t.app.deps.advertiserId, {}, { first: 100 });
  return page.edges.length;
});

describe('a ranking with a deadline', () => {
  test('that the model can keep is the model\'s', async () => {
    const { rankCreatives } = await t.run(RankCreativesDocument, { campaignId, profileId, deadlineMs: 30_000 });
    expect(rankCreatives).toMatchObject({ stage: 'MODEL', personalised: true });
    expect(rankCreatives.predictions).toHaveLength(3);
    expect(rankCreatives.predictions.every(({ modelVersion }) => modelVersion !== null)).toBe(true);
  });

  test('that it cannot keep is answered in the order of what was counted, and says so', async () => {
    type Ranked = { rankCreatives: { stage: string; personalised: boolean; predictions: { pClick: number; creative: { headline: string } }[] } };
    // How much time is too little goes by the machine; none can do with the least.
    for (const d of [30, 15, 10, 8, 6]) {
      const before = await kept();
      const busy = occupy(1, 3_000);
      const started = performance.now();
      const { data, errors, status } = await t.send(RANK, { c: campaignId, p: profileId, d });
      const tookMs = performance.now() - started;
      expect([status, errors]).toEqual([200, undefined]);
      const { rankCreatives } = data as unknown as Ranked;
      if (rankCreatives.stage === 'MODEL' && d > 6) {
        await busy;
        continue;
      }
      expect(scorer.stats!().running.batches).toBe(1);
      await busy;
      expect(tookMs).toBeLessThan(performance.now() - started);
      expect(rankCreatives).toMatchObject({ stage: 'FIRST_STAGE', personalised: false });
      expect(rankCreatives.predictions.map(({ creative }) => creative.headline)).toEqual(['Rooftops before breakfast', 'Find your line', 'Mud is part of the plan']);
      expect(rankCreatives.predictions).toMatchObject([{ rank: 1, device: 'none', modelVersion: null }, { rank: 2 }, { rank: 3 }]);
      expect(rankCreatives.predictions[0]!.pClick).toBeGreaterThan(0.07);
      // What no model said is kept nowhere.
      expect(await kept()).toBe(before);
      return;
    }
  });

  test('is refused where it is none', async () => {
    for (const d of [0, -1, 60_001]) expect((await t.send(RANK, { c: campaignId, d })).errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'deadlineMs' } }]);
  });
});

describe('a model that too many ask', () => {
  test('refuses with a code and a time to come back, answers a deadline without it, and is there again then', async () => {
    const busy = occupy(2, 2_000);
    const response = await fetch(t.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: RANK, variables: { c: campaignId } }) });
    const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string; retryAfterMs: number; hint: string } }[] };
    const inTime = await t.send(RANK, { c: campaignId, d: 20_000 });
    expect(errors).toMatchObject([{ message: expect.stringContaining('requests'), extensions: { code: 'OVERLOADED', retryAfterMs: expect.any(Number), hint: expect.stringContaining('Try again in') } }]);
    expect(Number(response.headers.get('retry-after'))).toBe(Math.ceil(errors[0]!.extensions.retryAfterMs / 1000));
    expect((inTime.data as unknown as { rankCreatives: { stage: string } }).rankCreatives.stage).toBe('FIRST_STAGE');
    await busy;
    const again = await t.send(RANK, { c: campaignId });
    expect(again.data).toMatchObject({ rankCreatives: { stage: 'MODEL' } });
  });
});

test('a client that leaves takes its request out of the queue', async () => {
  // How long a request waits goes by the machine: one that was answered before its client left says nothing, and another is sent.
  for (let attempt = 0; attempt < 50; attempt++) {
    const { cancelled } = scorer.stats!();
    const busy = occupy(1, 3_000);
    const abort = new AbortController();
    let answered = false;
    const request = fetch(t.url, {
      method: 'POST', signal: abort.signal,
      headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: RANK, variables: { c: campaignId } }),
    }).then(() => void (answered = true), (error: Error) => error);
    await until(() => answered || scorer.stats!().waiting.requests === 2);
    abort.abort();
    const left = await request;
    await busy;
    if (scorer.stats!().cancelled === cancelled) continue;
    expect(left?.name).toBe('AbortError');
    expect(scorer.stats!()).toMatchObject({ cancelled: cancelled + 1, waiting: { requests: 0, tokens: 0 } });
    return;
  }
  throw new Error('Of 50 requests whose clients left none was taken out of the queue.');
});

test('readiness tells the load of the model', async () => {
  const ready = (await (await fetch(new URL('/readyz', t.url))).json()) as { classifierLoad: object };
  expect(ready.classifierLoad).toMatchObject({ lanes: 1, waiting: { requests: 0, tokens: 0 }, queueMs: { p50: expect.any(Number), p99: expect.any(Number) }, refused: expect.any(Number) });
});
