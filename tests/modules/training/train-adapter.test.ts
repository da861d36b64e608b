import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '../../../src/base/rng';
import { readAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import { baseHash } from '../../../src/ml/lora/base-hash';
import { writeMergedDirectory } from '../../../src/ml/lora/merged-directory';
import { readRankerDirectory } from '../../../src/ml/serve/ranker-directory';
import { readGpt2Directory } from '../../../src/ml/weights/hf-directory';
import { readSafetensors } from '../../../src/ml/weights/safetensors';
import { ModelDirectories } from '../../ml/serve/model-directories';
import { openScorer } from '../../../src/ml/serve/open-scorer';
import { directoryContentHash } from '../../../src/ml/weights/content-hash';
import { readChoices, splitChoices, type Choice } from '../../../src/modules/training/choices';
import { trainAdapter, type AdapterRun, type TrainAdapterOptions } from '../../../src/modules/training/train-adapter';
import { runTraining } from '../../../src/modules/training/train-verb';

const BASE = join(__dirname, '..', '..', 'fixtures', 'models', 'ctr');
const root = mkdtempSync(join(tmpdir(), 'adloom-adapter-'));
const directories = new ModelDirectories();
afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await directories.remove();
});

/** A market where the word "early" sells to runners and "late" to travellers, and where one choice in five is chance. */
function market(count: number, seed: number): Choice[] {
  const rng = createRng(seed);
  const pick = <T>(items: readonly T[]): T => items[rng.int(items.length)]!;
  return Array.from({ length: count }, () => {
    const runner = rng.next() < 0.5;
    const when = pick(['early', 'late']);
    const profile = `${pick(runner ? ['trail running', 'running shoes', 'lace'] : ['city breaks', 'trains', 'hotels'])} | ${pick(['rain coat', 'map', 'fee', 'plan'])} ${rng.int(3)}`;
    const right = (when === 'early') === runner;
    return { profile, text: `${pick(['Start', 'Go', 'Pack', 'Leave'])} ${when} ${pick(['this week', 'today', 'with us'])}`, clicked: rng.next() < 0.2 ? rng.next() < 0.5 : right };
  });
}

let count = 0;
function run(more: Partial<TrainAdapterOptions> = {}): Promise<AdapterRun> {
  const folder = join(root, `run-${count++}`);
  const [training, validation] = [market(600, 1), market(300, 2)];
  return trainAdapter({
    base: BASE, training, validation, output: join(folder, 'adapter'), checkpoints: join(folder, 'checkpoints'), seed: 3, learns: 'layers', epochs: 8, rate: 1e-2, threads: 1, report: () => undefined, ...more,
  });
}

test('an adapter of a base of two labels is saved with a head of two, served, gone on from, and merged', async () => {
  const base = await directories.huggingFaceClassifier(2);
  const first = await run({ base, epochs: 1 });
  const { tensors } = await readSafetensors(join(first.output, 'adapter_model.safetensors'));
  expect(tensors.get('base_model.model.score.weight')!.shape[0]).toBe(2);
  const second = await run({ base, epochs: 1, from: first.output });
  expect(second.before.logLoss).toBeCloseTo(first.after.logLoss, 1);
  const scorer = await openScorer(base, { threads: 1 });
  const merged = join(root, 'merged-of-two');
  const { config } = await readGpt2Directory(base, { head: 'classifier' });
  const { id } = await scorer.loadAdapter(second.output);
  await writeMergedDirectory(base, await readAdapterDirectory(second.output, { config, labels: 2, hash: baseHash((await readRankerDirectory(base)).weights) }), merged);
  const plain = await openScorer(merged, { threads: 1 });
  try {
    const texts = ['Start early today', 'Leave late with us'];
    const [adapted, alone] = [await scorer.score({ prefix: 'lace', texts, adapter: id }), await plain.score({ prefix: 'lace', texts })];
    adapted.scores.forEach(({ logit }, i) => expect(alone.scores[i]!.logit).toBeCloseTo(logit, 4));
  } finally {
    await Promise.all([scorer.close(), plain.close()]);
  }
});

describe('an adapter trained on logged choices', () => {
  let trained: AdapterRun;
  let base: string;
  beforeAll(async () => {
    base = await directoryContentHash(BASE);
    trained = await run();
  });

  it('tells held-out choices apart that its base cannot', () => {
    expect(trained.before.auc).toBeLessThan(0.65);
    expect(trained.after.auc).toBeGreaterThan(trained.before.auc + 0.1);
    expect(trained.after.logLoss).toBeLessThan(trained.before.logLoss - 0.05);
  });

  it('leaves the base as it is, and serves over it with probabilities of its own that hold', async () => {
    expect(await directoryContentHash(BASE)).toBe(base);
    const scorer = await openScorer(BASE, { threads: 1 });
    try {
      const adapter = await scorer.loadAdapter(trained.output);
      expect(adapter).toMatchObject({ bound: true, calibrated: true });
      const choices = market(400, 9);
      const scores = await scorer.scoreMany(choices.map(({ profile, text }) => ({ prefix: profile, text, adapter: adapter.id })));
      const expected = scores.reduce((sum, s) => sum + s.probability, 0);
      const clicks = choices.filter((c) => c.clicked).length;
      expect(Math.abs(expected - clicks) / clicks).toBeLessThan(0.2);
      const right = scores.filter((s, i) => s.probability > 0.5 === choices[i]!.clicked).length;
      expect(right / choices.length).toBeGreaterThan(0.6);
    } finally {
      await scorer.close();
    }
  });

  it('has the same files again, where it was stopped and resumed too', async () => {
    const folder = join(root, 'stopped');
    const options = { output: join(folder, 'adapter'), checkpoints: join(folder, 'checkpoints') };
    const abort = new AbortController();
    await expect(run({ ...options, signal: abort.signal, report: ({ step }) => step >= 5 && abort.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
    const resumed = await run(options);
    for (const file of ['adapter_model.safetensors', 'adapter_config.json']) {
      expect(readFileSync(join(resumed.output, file)).equals(readFileSync(join(trained.output, file)))).toBe(true);
    }
    expect(resumed.result.evaluation).toEqual(trained.result.evaluation);
  });

  it('refuses to go on from a checkpoint of other choices', async () => {
    const folder = join(root, 'other');
    const options = { output: join(folder, 'adapter'), checkpoints: join(folder, 'checkpoints'), epochs: 1, training: market(100, 1), validation: market(60, 2) };
    await run(options);
    const others = { ...options, training: market(100, 8) };
    await expect(run(others)).rejects.toMatchObject({ code: 'CONFLICT' });
    // Where the folder is its own it begins anew in it.
    const [anew, apart] = [await run({ ...others, replaceOther: true }), await run({ ...others, output: join(root, 'apart', 'adapter'), checkpoints: join(root, 'apart', 'checkpoints') })];
    expect(anew.after).toEqual(apart.after);
  });

  it('goes on where a file of its checkpoints was cut off with the power of the machine', async () => {
    const folder = join(root, 'cut-off');
    const options = { output: join(folder, 'adapter'), checkpoints: join(folder, 'checkpoints'), epochs: 1, training: market(100, 1), validation: market(60, 2) };
    mkdirSync(options.checkpoints, { recursive: true });
    writeFileSync(join(options.checkpoints, 'curves.json'), '{\n  "fingerprint": "0');
    expect((await run(options)).result.steps).toBeGreaterThan(0);
  });

  it('needs clicks and misses on both sides', async () => {
    const all = market(60, 4);
    const misses = all.map((c) => ({ ...c, clicked: false }));
    await expect(run({ training: misses, validation: all })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'training', message: expect.stringContaining('none of them clicked') });
    await expect(run({ training: all, validation: [] })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'validation' });
  });

  it('refuses settings that make no adapter, before anything is trained', async () => {
    await expect(run({ lora: { rank: 0 } })).rejects.toMatchObject({ code: 'ADAPTER_INVALID', field: 'rank' });
    await expect(run({ lora: { targets: ['q_proj' as never] } })).rejects.toMatchObject({ code: 'ADAPTER_INVALID', field: 'targets' });
  });
});

describe('an adapter of words', () => {
  /** A market where "early" sells to everybody. */
  const early = (count: number, seed: number): Choice[] => {
    const rng = createRng(seed);
    return market(count, seed).map((choice) => ({ ...choice, clicked: rng.next() < (choice.text.includes('early') ? 0.3 : 0.1) }));
  };
  const words = (more: Partial<TrainAdapterOptions> = {}): Promise<AdapterRun> => run({ training: early(300, 21), validation: early(400, 22), learns: undefined, epochs: undefined, rate: undefined, ...more });

  it('is what a small log teaches unless told otherwise: it tells held-out choices apart that its base cannot', async () => {
    const { learns, before, after } = await words();
    expect(learns).toBe('words');
    expect(after.auc).toBeGreaterThan(before.auc + 0.05);
    expect(after.logLoss).toBeLessThan(before.logLoss);
  });

  it('needs nothing held out, and then has probabilities at the rate of its log', async () => {
    const { output } = await words({ validation: null });
    const scorer = await openScorer(BASE, { threads: 1 });
    try {
      const { id, calibrated } = await scorer.loadAdapter(output);
      expect(calibrated).toBe(true);
      const choices = early(300, 21);
      const scores = await scorer.scoreMany(choices.map(({ profile, text }) => ({ prefix: profile, text, adapter: id })));
      expect(scores.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(choices.filter(({ clicked }) => clicked).length, 0);
    } finally {
      await scorer.close();
    }
  });

  it('goes on from an adapter of another log: with a handful of choices it keeps what that knew', async () => {
    const { output } = await words({ validation: null, training: early(2_000, 31) });
    const few = early(40, 33);
    const [cold, warm] = [await words({ training: few }), await words({ training: few, from: output })];
    expect(warm.after.auc).toBeGreaterThan(cold.after.auc);
    expect(warm.after.auc).toBeGreaterThan(warm.before.auc - 0.02);
  });

  it('begins at what logs of other copy say together, written once, and passes over a log that says nothing', async () => {
    const few = early(40, 33);
    const elsewhere = [early(1_000, 31), early(1_000, 32).map((choice) => ({ ...choice, text: `${choice.text}, again` }))];
    const silent = early(50, 34).map((choice) => ({ ...choice, clicked: false }));
    const checkpoints = join(root, 'elsewhere');
    const [cold, warm, none] = [await words({ training: few }), await words({ training: few, elsewhere: [...elsewhere, silent], checkpoints }), await words({ training: few, elsewhere: [silent, []] })];
    expect(warm.before.auc).toBeGreaterThan(cold.before.auc + 0.02);
    expect(warm.after.auc).toBeGreaterThan(cold.after.auc);
    expect(none.after).toEqual(cold.after);
    // What has begun goes on where it began, whatever there is to read by then.
    expect((await words({ training: few, elsewhere: [silent], checkpoints })).before).toEqual(warm.before);
  });
});

describe('the command', () => {
  const csv = (rows: readonly Choice[]): string => `profile,text,clicked\n${rows.map((c) => `${c.profile},${c.text},${Number(c.clicked)}`).join('\n')}\n`;

  it('trains from a CSV file', async () => {
    const file = join(root, 'choices.csv');
    writeFileSync(file, csv(market(300, 5)));
    const notes: string[] = [];
    const report = { note: (text: string) => void notes.push(text), progress: () => undefined };
    // A run of other data that finished is not in the way.
    const other = join(root, 'other.csv');
    writeFileSync(other, csv(market(300, 9)));
    await runTraining({ what: 'adapter', data: other, base: BASE, epochs: 1, threads: 1, rank: 2 }, { dataDir: root, report });
    const { output, result } = await runTraining({ what: 'adapter', data: file, base: BASE, epochs: 1, threads: 1, rank: 2 }, { dataDir: root, report });
    expect(output).toBe(join(root, 'training', 'adapter'));
    expect(result.steps).toBeGreaterThan(1);
    expect(JSON.parse(readFileSync(join(output, 'adapter_config.json'), 'utf8'))).toMatchObject({ peft_type: 'LORA', r: 2, lora_alpha: 4, modules_to_save: ['score'], base_model_name_or_path: 'ctr' });
    expect(notes.join()).toMatch(/before.*logLoss.*after/);
  });

  it('says which row it cannot read', async () => {
    const file = join(root, 'wrong.csv');
    writeFileSync(file, 'profile,text,clicked\na,b,1\na,c,maybe\n');
    await expect(readChoices(file)).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('Row 2') });
    writeFileSync(file, 'profile,text,clicked\na,,1\n');
    await expect(readChoices(file)).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('no text') });
    writeFileSync(file, 'profile,text\na,b\n');
    await expect(readChoices(file)).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('column clicked') });
  });

  it('keeps every person on one side of the split', () => {
    const { training, validation } = splitChoices([...market(800, 6), ...market(50, 7).map((c) => ({ ...c, profile: '' }))]);
    const people = new Set(training.map((c) => c.profile).filter((p) => p !== ''));
    expect(validation.filter((c) => people.has(c.profile))).toEqual([]);
    expect(validation.length / (training.length + validation.length)).toBeGreaterThan(0.05);
    expect(validation.length / (training.length + validation.length)).toBeLessThan(0.25);
  });
});
