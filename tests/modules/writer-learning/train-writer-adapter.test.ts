import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writerPrompt, type PromptParts } from '../../../src/domain/copy/prompt';
import { hasSlot } from '../../../src/domain/copy/slots';
import { guardContextOf } from '../../../src/domain/guard/check-copy';
import { directoryContentHash } from '../../../src/ml/weights/content-hash';
import { guardKnowledge } from '../../../src/modules/generation/guard-knowledge';
import { writeCopy } from '../../../src/modules/generation/write-copy';
import { isLineHeldOut } from '../../../src/modules/writer-learning/winner-documents';
import { LEAST_WINNERS, trainWriterAdapter, type TrainWriterAdapterOptions, type WriterAdapterRun } from '../../../src/modules/writer-learning/train-writer-adapter';
import type { Winner } from '../../../src/modules/writer-learning/winners';
import { aCampaign } from '../../support/entities';
import { inWorker } from '../../support/in-worker';
import { ModelDirectories, WRITER } from '../../ml/serve/model-directories';

const root = mkdtempSync(join(tmpdir(), 'adloom-writer-'));
const CORPUS = join(root, 'corpus');
const directories = new ModelDirectories();
afterAll(async () => {
  await directories.remove();
  rmSync(root, { recursive: true, force: true });
});

const PROMPTS = ['running', 'cycling', 'camping', 'baking', 'coffee', 'gardening', 'photography', 'yoga'].flatMap((interest) =>
  ['playful', 'confident'].map((tone): PromptParts => ({ vertical: 'ecommerce', format: 'HEADLINE', tone, interests: [interest], slots: ['<product>', '<offer>'] })),
);
const NAMED = { '<product>': 'Alba Trail', '<offer>': 'free delivery' };

/** What the writer writes, line by line. */
async function written(seed: number): Promise<Winner[]> {
  const generator = await directories.generator(WRITER, join(root, 'cache'));
  const lines: Winner[] = [];
  for (const prompt of PROMPTS) {
    const { generations } = await generator.generate({ prompt: writerPrompt(prompt), count: 60, seed, maxTokens: 16, temperature: 1, maxGraphemes: 60, placeholders: NAMED, bannedWords: [] });
    const texts = generations.filter(({ complete }) => complete).map(({ text }) => text.replace(/\s+/g, ' ').trim());
    for (const text of new Set(texts)) lines.push({ prompt, text, lift: 0.3 });
  }
  return lines;
}

/** The log: lines that name the product or its offer won, the others did not. The corpus: what the writer knew, of either kind. */
let shown: { won: Winner[]; rest: Winner[] };
beforeAll(async () => {
  const lines = await written(5);
  shown = { won: lines.filter(({ text }) => hasSlot(text)), rest: lines.filter(({ text }) => !hasSlot(text)) };
  const known = (await written(6)).map(({ prompt, text }) => `@ interest=${prompt.interests[0]} | tone=${prompt.tone}\nH ${text}\n`);
  mkdirSync(CORPUS);
  writeFileSync(join(CORPUS, 'ecommerce.txt'), known.join(''));
});

let count = 0;
async function run(more: Partial<TrainWriterAdapterOptions> = {}): Promise<WriterAdapterRun> {
  const folder = join(root, `run-${count++}`);
  return trainWriterAdapter({
    base: WRITER, corpus: CORPUS, contest: { winners: shown.won, others: shown.rest }, output: folder, checkpoints: join(folder, 'checkpoints'), seed: 3, epochs: 3, rate: 4e-3, threads: 1, report: () => undefined, ...more,
  });
}

const asked = (winners: readonly Winner[]): { prompt: string; text: string }[] => winners.map(({ prompt, text }) => ({ prompt: writerPrompt(prompt), text }));

describe('a writer tuned to what won', () => {
  let tuned: WriterAdapterRun;
  let hash: string;
  beforeAll(async () => {
    hash = await directoryContentHash(WRITER);
    tuned = await run();
  });

  it('finds winning lines that it was not shown likelier than before, and the rest less likely', async () => {
    const { won, rest } = shown;
    const sets = { won: asked(won.filter(isLineHeldOut)), rest: asked(rest.filter(isLineHeldOut)) };
    const [before, after] = [await inWorker<Record<string, number>>('writer-loss', { directory: WRITER, sets }), await inWorker<Record<string, number>>('writer-loss', { directory: tuned.writer, sets })];
    expect(sets.won.length).toBeGreaterThan(10);
    expect(after['won']!).toBeLessThan(before['won']! - 0.05);
    expect(after['rest']! - before['rest']!).toBeGreaterThan(0.03);
  });

  it('is a directory of its own, with the adapter beside it; the base stays as it is', async () => {
    expect(await directoryContentHash(WRITER)).toBe(hash);
    expect(await directoryContentHash(tuned.writer)).not.toBe(hash);
    expect(existsSync(join(tuned.adapter, 'adapter_model.safetensors'))).toBe(true);
    expect(tuned.result.start!.loss).toBeGreaterThan(tuned.result.evaluation.loss + 0.05);
  });

  it('may not write what won again', async () => {
    const generator = await directories.generator(tuned.writer, join(root, 'cache'));
    const guard = { ...guardContextOf(aCampaign(''), { strict: true }), ...(await guardKnowledge(tuned.writer)) };
    const { won } = shown;
    const brief = { format: 'HEADLINE' as const, vertical: 'ecommerce', tone: 'playful', interest: 'running', facts: {}, count: 10, seed: 1, temperature: 0.2, guard: { ...guard, lexicon: null } };
    const { pieces } = await writeCopy(generator, brief);
    expect(pieces.filter(({ template }) => won.some(({ text }) => text === template))).toEqual([]);
    const [said] = pieces;
    expect(said).toBeDefined();
    const known = { ...guard, lexicon: null, winners: { has: () => true } };
    expect((await writeCopy(generator, { ...brief, guard: known })).rejected.get('memorised-text')).toBeGreaterThan(0);
  });

  it('is the same again, where it was stopped and resumed too', async () => {
    const folder = join(root, 'stopped');
    const options = { output: folder, checkpoints: join(folder, 'checkpoints') };
    const abort = new AbortController();
    await expect(run({ ...options, signal: abort.signal, report: ({ step }) => step >= 12 && abort.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
    const resumed = await run(options);
    for (const file of ['adapter_model.safetensors', 'adapter_config.json']) expect(readFileSync(join(resumed.adapter, file)).equals(readFileSync(join(tuned.adapter, file)))).toBe(true);
    expect(await directoryContentHash(resumed.writer)).toBe(await directoryContentHash(tuned.writer));
    expect(resumed.fingerprint).toBe(tuned.fingerprint);
  });

  it('remembers what an earlier tuning was forbidden too', async () => {
    const base = join(root, 'tuned-before');
    cpSync(tuned.writer, base, { recursive: true });
    const { won, rest } = shown;
    const again = await run({ base, contest: { winners: rest, others: won }, epochs: 1 });
    const size = (directory: string): number => readFileSync(join(directory, 'winners.u32')).length;
    expect(size(again.writer)).toBeGreaterThan(size(tuned.writer));
  });
});

describe('a tuning that is refused', () => {
  it('has too few winners', async () => {
    const { won } = shown;
    await expect(run({ contest: { winners: won.slice(0, LEAST_WINNERS - 1), others: [] } })).rejects.toMatchObject({
      code: 'CONFLICT', field: 'winners', message: 'The log has 39 lines of copy that surely did better than their campaigns; a writer learns from 40 or more.',
    });
  });

  it('learns nothing from what it is shown', async () => {
    await expect(run({ epochs: 1, rate: 1e-12 })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/^No step of the training preferred the winners/) });
  });
});
