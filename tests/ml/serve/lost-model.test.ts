import { execFile } from 'node:child_process';
import path from 'node:path';
import { writeAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import type { AdaptableScorer } from '../../../src/ml/serve/adapter-types';
import { openScorer } from '../../../src/ml/serve/open-scorer';
import { Folders, rankerBase, stirredAdapter } from '../lora/adapters';
import { CTR } from './model-directories';

interface Reply {
  logits?: number[];
  device?: string;
  code?: string;
  message?: string;
  retryAfterMs?: number;
}
interface Seen {
  before: { device: string; replies: Reply[] };
  during: Reply[];
  after: Reply;
  device: string;
  threads: number;
  log: { level: string; message: string; device?: string; error?: string }[];
}

/** A scorer in a program of its own that loses its device or its thread. */
function lose(way: 'device' | 'killed' | 'deadly', adapter: readonly string[] = []): Promise<Seen> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [path.join(__dirname, '..', 'workers', 'lost-model.cjs'), way, ...adapter], (error, out, err) => (error ? reject(new Error(`${error.message}\n${err}`)) : resolve(JSON.parse(out) as Seen)));
  });
}

const folders = new Folders();
let scorer: AdaptableScorer;
let expected: number[][];
beforeAll(async () => {
  scorer = await openScorer(CTR, { threads: 1 });
  expected = await answers();
});
afterAll(async () => {
  await scorer.close();
  folders.remove();
});

/** What the calls of the program come to where nothing is lost. */
async function answers(adapter?: string): Promise<number[][]> {
  const replies = [0, 1, 2, 3, 4, 5, 6].map((i) => scorer.score({ prefix: 'trail running', texts: ['Mud is part of the plan', `Lace up, number ${i}`], adapter }));
  return (await Promise.all(replies)).map(({ scores }) => scores.map(({ logit }) => logit));
}

/** Calls that shared a run may differ from others in the last bits. */
function expectLogits({ before, during, after }: Seen, wanted: number[][]): void {
  const replies = [...before.replies, ...during, after];
  expect(replies.filter(({ logits }) => !logits)).toEqual([]);
  replies.forEach(({ logits }, i) => logits!.forEach((logit, k) => expect(Math.abs(logit - wanted[i]![k]!)).toBeLessThan(1e-4)));
}

test('a device that is lost under load costs no request: the cpu goes on, every reply names what computed it, the log says it once', async () => {
  const seen = await lose('device');
  expectLogits(seen, expected);
  expect([seen.before.device, seen.before.replies[0]!.device]).toEqual(['webgpu', 'webgpu']);
  expect(seen.during.map(({ device }) => device)).toEqual(['cpu', 'cpu', 'cpu', 'cpu', 'cpu']);
  expect([seen.after.device, seen.device, seen.threads]).toEqual(['cpu', 'cpu', 2]);
  expect(seen.log).toEqual([
    { level: 'error', message: 'a device was lost; its model goes on with the cpu', model: 'ctr', device: 'webgpu', error: 'The device webgpu failed while it ran: [WebGPU] Device is lost.' },
  ]);
}, 120_000);

test('a thread that ends in the middle of a call costs no request: another takes its place', async () => {
  const seen = await lose('killed');
  expectLogits(seen, expected);
  expect(seen.threads).toBe(2);
  expect(seen.log).toEqual([{ level: 'error', message: 'a model thread ended; it is started again', model: 'ctr', error: expect.stringContaining('ended by itself') }]);
}, 120_000);

test('adapters come with the thread that takes the place of another', async () => {
  const base = await rankerBase(CTR);
  const directory = folders.next();
  await writeAdapterDirectory(directory, stirredAdapter(base, 1, {}, 0.5), { base: { hash: base.hash, name: 'ctr' }, dropout: 0 });
  const { id } = await scorer.loadAdapter(directory);
  const adapted = await answers(id);
  expect(Math.abs(adapted[0]![0]! - expected[0]![0]!)).toBeGreaterThan(0.01);
  const seen = await lose('killed', [directory]);
  expectLogits(seen, adapted);
  expect(seen.threads).toBe(2);
}, 120_000);

test('threads that die again and again are not replaced for ever: calls are refused by code, told when to come back, and the program lives', async () => {
  // Every thread answers once and dies in its second run.
  const seen = await lose('deadly');
  // The same within what any grouping promises: a prefix that is remembered adds up in another order.
  seen.before.replies[0]!.logits!.forEach((logit, i) => expect(logit).toBeCloseTo(expected[0]![i]!, 4));
  expect(seen.during.map(({ code }) => code ?? 'answered')).toEqual(['answered', 'answered', 'answered', 'MODEL_UNAVAILABLE', 'MODEL_UNAVAILABLE']);
  expect(seen.after).toMatchObject({ code: 'MODEL_UNAVAILABLE', message: 'The thread of the model ctr had to be replaced more than 3 times within 60 s: A model thread ended by itself. This is a bug in Adloom.' });
  expect(seen.after.retryAfterMs).toBeGreaterThan(30_000);
  expect(seen.threads).toBe(4);
}, 120_000);
