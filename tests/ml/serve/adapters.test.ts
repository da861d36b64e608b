import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdaptableScorer } from '../../../src/ml/serve/adapter-types';
import { openScorer } from '../../../src/ml/serve/open-scorer';
import { writeAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import { writeMergedDirectory } from '../../../src/ml/lora/merged-directory';
import { Folders, rankerBase, stirredAdapter, type KnownBase } from '../lora/adapters';
import { CTR, ModelDirectories } from './model-directories';

const folders = new Folders();
const directories = new ModelDirectories();
const opened: AdaptableScorer[] = [];
let base: KnownBase;
beforeAll(async () => {
  base = await rankerBase(CTR);
});
afterAll(async () => {
  await Promise.all([...opened.map((scorer) => scorer.close()), directories.remove()]);
  folders.remove();
});

async function open(directory = CTR, adapterBytes?: number): Promise<AdaptableScorer> {
  const scorer = await openScorer(directory, { threads: 1, adapterBytes });
  opened.push(scorer);
  return scorer;
}

async function saved(seed: number, config: Parameters<typeof stirredAdapter>[2] = {}, calibration?: object): Promise<string> {
  const directory = folders.next();
  const files = calibration ? { 'calibration.json': JSON.stringify(calibration) } : undefined;
  await writeAdapterDirectory(directory, stirredAdapter(base, seed, config, 0.5), { base: { hash: base.hash, name: 'ctr' }, dropout: 0, files });
  return directory;
}

const TEXTS = ['Mud is part of the plan', 'Rooftops before breakfast', 'Lace up', 'Find your line'];
const PREFIX = 'trail running | Trail running shoes';
const logits = async (scorer: AdaptableScorer, adapter?: string, prefix = PREFIX): Promise<number[]> => (await scorer.score({ prefix, texts: TEXTS, adapter })).scores.map((s) => s.logit);
const apart = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));

describe('a scorer with adapters', () => {
  it('scores the base to the last bit as one that never saw an adapter, before and after', async () => {
    const [never, scorer] = [await open(), await open()];
    const before = await logits(scorer);
    const { id } = await scorer.loadAdapter(await saved(1));
    expect(before).toEqual(await logits(never));
    expect(await logits(scorer)).toEqual(before);
    expect(apart(await logits(scorer, id), before)).toBeGreaterThan(0.01);
    expect(await logits(scorer)).toEqual(before);
  });

  it('scores with an adapter as the model does that both make merged', async () => {
    const scorer = await open();
    for (const [seed, config] of [[2, {}], [3, { rank: 1, targets: ['mlp.c_proj'], head: false }], [4, { rank: 7, alpha: 2, layers: [0] }]] as const) {
      const directory = await saved(seed, config);
      const { id } = await scorer.loadAdapter(directory);
      const output = folders.next();
      await writeMergedDirectory(CTR, stirredAdapter(base, seed, config, 0.5), output, { adapterDirectory: directory });
      const merged = await open(output);
      for (const prefix of [PREFIX, '']) expect(apart(await logits(scorer, id, prefix), await logits(merged, undefined, prefix))).toBeLessThan(1e-5);
    }
  });

  it('keeps a hundred adapters and more in one session, and each request gets its own', async () => {
    const scorer = await open();
    const adapters = [];
    for (let i = 0; i < 110; i++) adapters.push(await scorer.loadAdapter(await saved(100 + i, { rank: 1 + (i % 8), head: i % 2 === 0 })));
    expect(new Set(adapters.map((a) => a.id)).size).toBe(110);
    const stats = await scorer.adapterStats();
    expect(stats).toMatchObject({ known: 110, resident: 110, reads: 110, evictions: 0, bytes: adapters.reduce((sum, a) => sum + a.bytes, 0) });
    expect(stats.bytes).toBeLessThan(stats.limit);
    // All of them interleaved in one call, against each asked alone on a scorer that knows no other.
    const pairs = adapters.toReversed().flatMap(({ id }) => TEXTS.slice(0, 2).map((text) => ({ prefix: PREFIX, text, adapter: id })));
    const scores = await scorer.scoreMany(pairs);
    for (const i of [0, 1, 54, 109]) {
      const alone = await open();
      const { id } = await alone.loadAdapter(adapters[i]!.directory);
      expect(id).toBe(adapters[i]!.id);
      const own = await logits(alone, id);
      pairs.forEach((pair, k) => {
        if (pair.adapter === id) expect(Math.abs(scores[k]!.logit - own[TEXTS.indexOf(pair.text)]!)).toBeLessThan(1e-5);
      });
    }
    expect(new Set(scores.map((s) => s.logit.toFixed(5))).size).toBeGreaterThan(200);
    expect((await scorer.adapterStats()).reads).toBe(110);
  });

  it('mixes requests for the base and for adapters in one call, in order', async () => {
    const scorer = await open();
    const [a, b] = [await scorer.loadAdapter(await saved(5)), await scorer.loadAdapter(await saved(6))];
    const wanted = [undefined, a.id, b.id, undefined, a.id, a.id, b.id];
    const scores = await scorer.scoreMany(wanted.map((adapter, i) => ({ prefix: i % 2 ? PREFIX : '', text: TEXTS[i % 4]!, adapter })));
    for (const [i, adapter] of wanted.entries()) {
      const alone = await scorer.score({ prefix: i % 2 ? PREFIX : '', texts: [TEXTS[i % 4]!], adapter });
      expect(Math.abs(alone.scores[0]!.logit - scores[i]!.logit)).toBeLessThan(1e-4);
    }
  });

  it('holds no more bytes than it may, and still answers for every adapter', async () => {
    const small = await open();
    const { bytes } = await small.loadAdapter(await saved(200));
    const scorer = await open(CTR, 3 * bytes);
    const adapters = [];
    for (let i = 0; i < 8; i++) adapters.push(await scorer.loadAdapter(await saved(200 + i)));
    expect(await scorer.adapterStats()).toMatchObject({ known: 8, resident: 3, evictions: 5, bytes: 3 * bytes, limit: 3 * bytes });
    expect(await logits(scorer, adapters[0]!.id)).toEqual(await logits(small, adapters[0]!.id));
    expect(await scorer.adapterStats()).toMatchObject({ resident: 3, reads: 9, bytes: 3 * bytes });
  });

  it("answers with the adapter's own calibration, and with the base's where it has none", async () => {
    const scorer = await open();
    const part = { slope: 2, intercept: -1, deviation: 0.25 };
    const own = await scorer.loadAdapter(await saved(7, {}, { withPrefix: part, withoutPrefix: { slope: 1, intercept: 0, deviation: 0.5 } }));
    const none = await scorer.loadAdapter(await saved(7));
    expect([own.calibrated, none.calibrated]).toEqual([true, false]);
    const [score] = (await scorer.score({ prefix: PREFIX, texts: TEXTS, adapter: own.id })).scores;
    expect(score!.probability).toBeCloseTo(1 / (1 + Math.exp(-(2 * score!.logit - 1))), 10);
    expect(score!.uncertainty).toBe(0.25);
    const [bare] = (await scorer.score({ prefix: PREFIX, texts: TEXTS, adapter: none.id })).scores;
    const [plain] = (await scorer.score({ prefix: PREFIX, texts: TEXTS })).scores;
    expect(bare!.uncertainty).toBe(plain!.uncertainty);
  });

  it('gives equal files equal ids, and loads them once', async () => {
    const scorer = await open();
    const [a, b] = [await scorer.loadAdapter(await saved(8)), await scorer.loadAdapter(await saved(8))];
    expect(a.id).toBe(b.id);
    expect(await scorer.adapterStats()).toMatchObject({ known: 1, resident: 1, bytes: a.bytes });
  });

  it('serves an adapter of PEFT over a classifier of two labels', async () => {
    const scorer = await open(await directories.huggingFaceClassifier(2));
    const adapter = await scorer.loadAdapter(join(__dirname, '..', '..', 'fixtures', 'reference', 'lora', 'partial'));
    expect(adapter.bound).toBe(false);
    expect(apart(await logits(scorer, adapter.id), await logits(scorer))).toBeGreaterThan(0.01);
  });
});

describe('a scorer asked wrongly', () => {
  it('refuses an adapter that was never loaded or is forgotten, and nothing else', async () => {
    const scorer = await open();
    const { id } = await scorer.loadAdapter(await saved(9));
    const call = scorer.score({ prefix: '', texts: TEXTS, adapter: 'nobody' });
    await expect(call).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE', message: expect.stringContaining('"nobody"'), hint: expect.stringContaining('Load') });
    await expect(scorer.scoreMany([{ prefix: '', text: 'a' }, { prefix: '', text: 'b', adapter: 'nobody' }])).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
    expect(await scorer.unloadAdapter(id)).toBe(true);
    expect(await scorer.unloadAdapter(id)).toBe(false);
    await expect(logits(scorer, id)).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
    expect(await logits(scorer)).toHaveLength(TEXTS.length);
  });

  it('refuses a bad adapter with its code across the thread, and goes on with the good ones', async () => {
    const scorer = await open();
    const good = await scorer.loadAdapter(await saved(10));
    const before = await logits(scorer, good.id);
    const foreign = folders.next();
    await writeAdapterDirectory(foreign, stirredAdapter(base, 11), { base: { hash: 'f'.repeat(64), name: 'other' }, dropout: 0 });
    const broken = await saved(12);
    writeFileSync(join(broken, 'adapter_config.json'), '{"peft_type":"LORA","r":0,"lora_alpha":1}');
    await expect(scorer.loadAdapter(foreign)).rejects.toMatchObject({ code: 'ADAPTER_MISMATCH' });
    await expect(scorer.loadAdapter(broken)).rejects.toMatchObject({ code: 'ADAPTER_INVALID', field: 'r' });
    await expect(scorer.loadAdapter(join(folders.root, 'nowhere'))).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
    expect(await logits(scorer, good.id)).toEqual(before);
    expect(await scorer.adapterStats()).toMatchObject({ known: 1, resident: 1 });
  });

  it('refuses an adapter that alone is larger than the memory for adapters', async () => {
    const scorer = await open(CTR, 1000);
    await expect(scorer.loadAdapter(await saved(13))).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect(await logits(scorer)).toHaveLength(TEXTS.length);
  });
});
