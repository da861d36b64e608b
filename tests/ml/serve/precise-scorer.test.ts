import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { best } from '../../../src/ml/precision/gate';
import { openPreciseScorer } from '../../../src/ml/serve/open-precise-scorer';
import { createRng } from '../../../src/base/rng';
import { newAdapter } from '../../../src/ml/lora/adapter';
import { writeAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import { loraSites } from '../../../src/ml/lora/sites';
import { termFeatures } from '../../../src/ml/lora/terms';
import type { AdaptableScorer } from '../../../src/ml/serve/adapter-types';
import type { AskedPrecision } from '../../../src/ml/precision/precision-for';
import { precisionTable, runPrecision } from '../../../src/modules/training/precision-verb';
import { inWorker } from '../../support/in-worker';
import { LORA, rankerBase, stirredAdapter } from '../lora/adapters';
import { CTR, editJson, ModelDirectories } from './model-directories';

const directories = new ModelDirectories();
const open: AdaptableScorer[] = [];
let judged: string;
let table: string[];

async function precise(directory: string, precision?: AskedPrecision): Promise<AdaptableScorer> {
  const scorer = await openPreciseScorer(directory, { threads: 1, precision });
  open.push(scorer);
  return scorer;
}
const refusal = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'accepted', (e: { code: string; message: string }) => `${e.code} ${e.message}`);
/** What the gate found, changed. */
const withFigures = (change: object): string => {
  const copy = directories.copyOf(judged);
  editJson(join(copy, 'precision.json'), (json) => {
    const builds = Object.entries(json['builds'] as Record<string, object>);
    return { ...json, builds: Object.fromEntries(builds.map(([name, figures]) => [name, { ...figures, ...change }])) };
  });
  return copy;
};

beforeAll(async () => {
  judged = directories.copyOf(CTR);
  table = precisionTable(await runPrecision({ model: judged, threads: 1, judged: 40, fitted: 8 }));
}, 300_000);
afterAll(async () => {
  await Promise.all(open.map((scorer) => scorer.close()));
  await directories.remove();
});

const PREFIX = 'trail running shoes | running vest';
const TEXTS = Array.from({ length: 60 }, (_, i) => `${['Run on', 'A map for', 'The coat of', 'Forget'][i % 4]} ${['mud', 'the city', 'rain', 'Sundays', 'shoes'][i % 5]} ${i}`);

describe('judging a classifier', () => {
  it('stops between two groups when it is cancelled, also while it looks for the ranges that come first', async () => {
    const groups = TEXTS.slice(0, 10).map((text) => ({ prefix: PREFIX, texts: [text] }));
    expect(await inWorker('observe-ranges', { directory: CTR, groups, wanted: 3 })).toEqual({ asked: 4, found: false });
    expect(await inWorker('observe-ranges', { directory: CTR, groups, wanted: 10 })).toEqual({ asked: 10, found: true });
  });

  it('leaves a report about its very weights, and tells each build', async () => {
    const report = JSON.parse(readFileSync(join(judged, 'precision.json'), 'utf8')) as { model: string; builds: object; ranges: object };
    const scorer = await precise(judged, 'fp32');
    expect(report.model).toBe(scorer.identity.id);
    expect(Object.keys(report.builds)).toEqual(['int8', 'fp16', 'w8a16']);
    expect(Object.keys(report.ranges)).toContain('h.0.attn.c_attn.weight');
    expect(table.join('\n')).toMatch(/int8 .* %.*\nfp16 .* %.*\nw8a16 .* %/);
    expect(existsSync(join(CTR, 'precision.json'))).toBe(false);
  });

  it('gives the same report every time', async () => {
    const again = directories.copyOf(CTR);
    await runPrecision({ model: again, threads: 1, judged: 10, fitted: 4 });
    const first = readFileSync(join(again, 'precision.json'), 'utf8');
    await runPrecision({ model: again, threads: 1, judged: 10, fitted: 4 });
    expect(readFileSync(join(again, 'precision.json'), 'utf8')).toBe(first);
  });
});

describe('a classifier in 8 bits', () => {
  it('names the winner that float32 names, and scores close to it, in any company', async () => {
    const directory = withFigures({ top1: 1, ece: 0 });
    const [exact, fast] = [await precise(directory, 'fp32'), await precise(directory)];
    expect(fast.identity.precision).toMatchObject({ used: 'int8', why: 'int8 kept 100.0 % of the winners, with probabilities within 0.0000' });
    const [a, b] = [await exact.score({ prefix: PREFIX, texts: TEXTS }), await fast.score({ prefix: PREFIX, texts: TEXTS })];
    const logits = [a, b].map((reply) => reply.scores.map((s) => s.logit)) as [number[], number[]];
    expect(best(logits[1])).toBe(best(logits[0]));
    logits[0].forEach((v, i) => expect(Math.abs(v - logits[1][i]!)).toBeLessThan(0.1));
    expect(logits[0]).not.toEqual(logits[1]);
    const pairs = TEXTS.map((text) => ({ prefix: PREFIX, text }));
    const [together, reversed] = [await fast.scoreMany(pairs), (await fast.scoreMany(pairs.toReversed())).toReversed()];
    together.forEach((score, i) => expect(Math.abs(score.logit - reversed[i]!.logit)).toBeLessThan(0.005));
  });

  it('stays in 8 bits beside adapters, which score as over the exact model', async () => {
    const directory = withFigures({ top1: 1, ece: 0 });
    const [exact, fast] = [await precise(directory, 'fp32'), await precise(directory)];
    const before = (await fast.score({ prefix: PREFIX, texts: TEXTS })).scores;
    const adapter = join(directories.root, 'adapter');
    const base = await rankerBase(CTR);
    await writeAdapterDirectory(adapter, stirredAdapter(base, 1, {}, 0.5), { base: { hash: base.hash, name: 'ctr' }, dropout: 0 });
    const [{ id }] = [await fast.loadAdapter(adapter), await exact.loadAdapter(adapter)];
    expect((await fast.score({ prefix: PREFIX, texts: TEXTS })).scores).toEqual(before);
    expect((await fast.score({ prefix: PREFIX, texts: TEXTS, adapter: id })).scores).toEqual((await exact.score({ prefix: PREFIX, texts: TEXTS, adapter: id })).scores);
    const pairs = TEXTS.map((text, i) => ({ prefix: PREFIX, text, adapter: i % 2 === 0 ? id : undefined }));
    const [mixed, own] = [await fast.scoreMany(pairs), await exact.scoreMany(pairs)];
    mixed.forEach((score, i) => expect(Math.abs(score.logit - own[i]!.logit)).toBeLessThan(i % 2 === 0 ? 1e-4 : 0.1));
    // Layers are the exact model's alone, and so is what explains them.
    const explained = await fast.explain({ prefix: PREFIX, text: TEXTS[0]!, adapter: id });
    expect(explained.score.logit).toBeCloseTo((await exact.score({ prefix: PREFIX, texts: [TEXTS[0]!], adapter: id })).scores[0]!.logit, 3);
    expect(await fast.unloadAdapter(id)).toBe(true);
    await expect(fast.score({ prefix: PREFIX, texts: TEXTS, adapter: id })).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
  });

  it('serves adapters that leave the layers alone as it serves the base: the winner is the exact model\'s, at any trust in the base', async () => {
    const directory = withFigures({ top1: 1, ece: 0, margin: 0.05 });
    const [exact, fast] = [await precise(directory, 'fp32'), await precise(directory)];
    const base = await rankerBase(CTR);
    const plain = newAdapter(loraSites({ ...LORA, rank: 1, targets: ['mlp.c_proj'], layers: [0], head: false }, base.config), createRng(1));
    const rows = Int32Array.from(new Set(TEXTS.flatMap((text) => [...termFeatures(text).rows]))).toSorted();
    for (const [i, trust] of [0.5, 1, 3].entries()) {
      const rng = createRng(i);
      const adapter = join(directories.root, `words-${i}`);
      await writeAdapterDirectory(adapter, { ...plain, words: { rows, weights: Float32Array.from(rows, () => 0.02 * rng.normal()), trust } }, { base: { hash: base.hash, name: 'ctr' }, dropout: 0 });
      const [loaded] = [await fast.loadAdapter(adapter), await exact.loadAdapter(adapter)];
      expect(loaded).toMatchObject({ layers: false, trust });
      const logits = await Promise.all([exact, fast].map(async (scorer) => (await scorer.score({ prefix: PREFIX, texts: TEXTS, adapter: loaded.id })).scores.map(({ logit }) => logit))) as [number[], number[]];
      expect(best(logits[1])).toBe(best(logits[0]));
      logits[0].forEach((v, k) => expect(Math.abs(v - logits[1][k]!)).toBeLessThan(0.1 * trust));
      // In 8 bits, not as the exact model does.
      expect(logits[0]).not.toEqual(logits[1]);
      const pairs = TEXTS.map((text) => ({ prefix: PREFIX, text, adapter: loaded.id }));
      const many = await fast.scoreMany(pairs);
      many.forEach(({ logit }, k) => expect(Math.abs(logit - logits[0][k]!)).toBeLessThan(0.1 * trust));
    }
    expect((await fast.adapterStats()).known).toBe(3);
  });

  it('is not used where its report is about other weights, and says so', async () => {
    const directory = withFigures({ top1: 1, ece: 0 });
    editJson(join(directory, 'calibration.json'), (json) => ({ ...json, note: 'changed' }));
    const scorer = await precise(directory);
    expect(scorer.identity.precision).toMatchObject({ used: 'fp32', margin: 0, why: expect.stringMatching(/^int8 is not offered: precision.json is about the weights \w{12}, and these are \w{12}$/) });
    expect(await refusal(precise(directory, 'int8'))).toMatch(/^CONFIG_INVALID The precision int8 was asked for.*about the weights/);
  });

  it('is refused with the figures where the gate refused it', async () => {
    const directory = withFigures({ top1: 0.5 });
    expect((await precise(directory)).identity.precision!.used).toBe('fp32');
    expect(await refusal(precise(directory, 'int8'))).toContain('it kept the winner of 50.0 % of 40 groups; 99 % are required');
  });

  it('is not used without a report', async () => {
    const scorer = await precise(CTR);
    expect(scorer.identity.precision).toEqual({ used: 'fp32', why: 'int8 is not offered: there is no precision.json beside the model', margin: 0 });
  });
});

it.each([['fp16', 0.02], ['w8a16', 0.1]] as const)('a classifier in %s scores as float32 does, within %d', async (precision, within) => {
  const directory = withFigures({ top1: 1, ece: 0 });
  const [exact, half] = [await precise(directory, 'fp32'), await precise(directory, precision)];
  const [a, b] = [await exact.score({ prefix: PREFIX, texts: TEXTS }), await half.score({ prefix: PREFIX, texts: TEXTS })];
  a.scores.forEach((score, i) => expect(Math.abs(score.logit - b.scores[i]!.logit)).toBeLessThan(within));
  expect(a.scores.map((s) => s.logit)).not.toEqual(b.scores.map((s) => s.logit));
});
