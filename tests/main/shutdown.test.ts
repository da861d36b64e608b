import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../src/base/clock';
import { silentLogger } from '../../src/base/logger';
import { openStore } from '../../src/store/open-store';
import { freshDataDir, testIds } from '../support/embedded-store';
import { makeCampaign, makeCreatives } from '../support/scenes';
import { openTestApp } from '../support/test-app';
import { wordScorer } from '../support/word-models';

describe('closing', () => {
  test('lets requests in flight finish, and keeps the predictions that they made', async () => {
    const scorer = wordScorer();
    let begun!: () => void;
    const scoring = new Promise<void>((resolve) => (begun = resolve));
    const slow = {
      ...scorer,
      score: async (...args: Parameters<typeof scorer.score>) => {
        begun();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return scorer.score(...args);
      },
    };
    const t = await openTestApp({ overrides: { scorer: slow } });
    const campaignId = await makeCampaign(t);
    await makeCreatives(t, campaignId, ['First headline', 'Second headline']);
    const { store } = t.app.deps;
    const answer = t.send('query ($c: ID!) { rankCreatives(campaignId: $c) { predictions { id } } }', { c: campaignId });
    await scoring;
    const appended = jest.spyOn(store, 'transaction');
    const closed = t.app.close(5_000);
    const { data } = await answer;
    await closed;
    expect((data as unknown as { rankCreatives: { predictions: object[] } }).rankCreatives.predictions).toHaveLength(2);
    expect(appended).toHaveBeenCalled();
    expect(t.app.deps.predictions.pending()).toBe(0);
    await expect(t.send('{ __typename }')).rejects.toThrow();
    await t.close();
  });

  test('ends subscriptions with a word, not a cut', async () => {
    const t = await openTestApp();
    const client = t.socket();
    const closed = new Promise<{ code: number }>((resolve) => client.on('closed', (event) => resolve(event as { code: number })));
    void (async () => {
      try {
        for await (const _ of client.iterate({ query: 'subscription { predictionMade { cursor } }' })) break;
      } catch {
        // The socket closes under it.
      }
    })();
    while (t.app.deps.bus.waiting() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await t.app.close(1_000);
    expect((await closed).code).toBe(1001);
    await t.close();
  });
});

const running: ChildProcess[] = [];
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

/** The program as people run it; needs the compiled files, which the set-up makes. */
test('SIGTERM ends the process cleanly, and the database can be opened again at once', async () => {
  const dataDir = await freshDataDir();
  const child = spawn(process.execPath, [path.resolve(__dirname, '..', '..', 'bin', 'adloom.js'), 'serve', '--no-demo'], {
    env: { ...process.env, PORT: '0', ADLOOM_DATA_DIR: dataDir, ADLOOM_CTR_MODEL: 'none', ADLOOM_WRITER_MODEL: 'none', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer): void => {
      output += data.toString();
      const match = /http:\/\/[^\s]+\/graphql/.exec(output);
      if (match) resolve(match[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('close', (code) => reject(new Error(`it ended with ${code}: ${output}`)));
  });
  const made = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'mutation { createCampaign(input: { name: "Kept", product: { name: "Alba" } }) { campaign { name } userErrors { message } } }' }),
  });
  expect(await made.json()).toMatchObject({ data: { createCampaign: { campaign: { name: 'Kept' } } } });
  const ended = new Promise<number | null>((resolve) => child.removeAllListeners('close').on('close', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  const store = await openStore({ dataDir, clock: systemClock, ids: testIds, logger: silentLogger });
  expect(await store.campaigns.count(store.defaultAdvertiserId, {})).toBe(1);
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
}, 240_000);
