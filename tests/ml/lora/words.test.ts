import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gramFeatures } from '../../../src/ml/gpt2/grams';
import { readAdapterDirectory, writeAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import { writeMergedDirectory } from '../../../src/ml/lora/merged-directory';
import { pairWeights } from '../../../src/ml/lora/pairs';
import { termFeatures } from '../../../src/ml/lora/terms';
import { adaptedLogit, addWords, wordScorer, WORDS_FILE, type WordWeights } from '../../../src/ml/lora/words';
import { openScorer } from '../../../src/ml/serve/open-scorer';
import { Folders, rankerBase, stirredAdapter, type KnownBase } from './adapters';

const BASE = join(__dirname, '..', '..', 'fixtures', 'models', 'ctr');
const folders = new Folders();
let base: KnownBase;
beforeAll(async () => {
  base = await rankerBase(BASE);
});
afterAll(() => folders.remove());

/** Every term of a text counts `weight`. */
function wordsOf(text: string, weight: number): WordWeights {
  const rows = termFeatures(text).rows.toSorted();
  return { rows, weights: new Float32Array(rows.length).fill(weight) };
}
/** As adapters of before there were terms have them: every row of the base's linear part that a text has. */
function wordsOfBase(text: string, weight: number): WordWeights {
  const rows = gramFeatures(text, base.gramRows!).rows.toSorted();
  return { rows, weights: new Float32Array(rows.length).fill(weight), ofBase: true };
}
const save = async (words?: WordWeights, directory = folders.next()): Promise<string> => {
  await writeAdapterDirectory(directory, { ...stirredAdapter(base, 1, { head: false }, 0), ...(words && { words }) }, { base: { hash: base.hash, name: 'ctr' }, dropout: 0 });
  return directory;
};

describe('the words of an adapter', () => {
  it('come back as they were saved, and are gone when an adapter without any is saved in their place', async () => {
    const words = { ...wordsOf('mud is part of the plan', 0.5), together: pairWeights([{ first: 7, second: 9, weight: -1 }]) };
    const directory = await save(words);
    expect((await readAdapterDirectory(directory, base)).words).toEqual(words);
    await save(undefined, directory);
    expect((await readAdapterDirectory(directory, base)).words).toBeUndefined();
    expect(readdirSync(directory)).not.toContain(WORDS_FILE);
  });

  it('add in serving what they add on paper, behind a profile and without one, and nothing to who asks for no adapter', async () => {
    const alone = wordsOf('mud is part of the plan', 0.25);
    const [first, second] = alone.rows;
    const words = { ...alone, together: pairWeights([{ first: first!, second: second!, weight: -3 }]) };
    const scorer = await openScorer(BASE, { threads: 1 });
    try {
      const { id } = await scorer.loadAdapter(await save(words));
      const texts = ['mud is part of the plan', 'part of it', 'quiet mornings'];
      for (const prefix of ['', 'trail shoes | map']) {
        const [plain, adapted, again] = [await scorer.score({ prefix, texts }), await scorer.score({ prefix, texts, adapter: id }), await scorer.score({ prefix, texts })];
        texts.forEach((text, i) => expect(adapted.scores[i]!.logit - plain.scores[i]!.logit).toBeCloseTo(wordScorer(words)(termFeatures(text)), 4));
        expect(again.scores).toEqual(plain.scores);
      }
    } finally {
      await scorer.close();
    }
  });

  it('say how far the base counts in serving, as they do on paper; a file of before there was trust counts it in full', async () => {
    const words = { ...wordsOf('mud is part of the plan', 0.25), trust: 0.375 };
    const directory = await save(words);
    expect((await readAdapterDirectory(directory, base)).words).toEqual(words);
    const before = await save(wordsOf('mud is part of the plan', 0.25));
    expect((await readAdapterDirectory(before, base)).words).not.toHaveProperty('trust');
    const scorer = await openScorer(BASE, { threads: 1 });
    try {
      const [{ id }, old] = [await scorer.loadAdapter(directory), await scorer.loadAdapter(before)];
      const texts = ['mud is part of the plan', 'quiet mornings'];
      for (const prefix of ['', 'trail shoes | map']) {
        const [plain, adapted, full] = [await scorer.score({ prefix, texts }), await scorer.score({ prefix, texts, adapter: id }), await scorer.score({ prefix, texts, adapter: old.id })];
        texts.forEach((text, i) => {
          const features = termFeatures(text);
          expect(Math.abs(adapted.scores[i]!.logit - adaptedLogit(words)(features)(plain.scores[i]!.logit))).toBeLessThan(1e-6);
          expect(Math.abs(full.scores[i]!.logit - plain.scores[i]!.logit - wordScorer(words)(features))).toBeLessThan(1e-6);
        });
      }
    } finally {
      await scorer.close();
    }
  });

  it('of before there were terms count in serving what they counted then: the rows of the base, as often as they occur', async () => {
    const words = wordsOfBase('mud is part of the plan', 0.25);
    const directory = await save(words);
    expect((await readAdapterDirectory(directory, base)).words).toEqual(words);
    const scorer = await openScorer(BASE, { threads: 1 });
    try {
      const { id } = await scorer.loadAdapter(directory);
      const texts = ['mud and mud and mud', 'part of it'];
      const [plain, adapted] = [await scorer.score({ prefix: '', texts }), await scorer.score({ prefix: '', texts, adapter: id })];
      texts.forEach((text, i) => expect(adapted.scores[i]!.logit - plain.scores[i]!.logit).toBeCloseTo(wordScorer(words)(gramFeatures(text, base.gramRows!)), 4));
    } finally {
      await scorer.close();
    }
  });

  it('add up, row by row', () => {
    const a = { rows: Int32Array.of(1, 5), weights: Float32Array.of(0.5, 1) };
    const b = { rows: Int32Array.of(5, 2), weights: Float32Array.of(2, -1) };
    expect(addWords(a, b)).toEqual({ rows: Int32Array.of(1, 2, 5), weights: Float32Array.of(0.5, -1, 3) });
    const together = pairWeights([{ first: 1, second: 5, weight: 1 }]);
    expect(addWords(a, { ...b, together })).toMatchObject({ together });
  });

  it('are refused where the file is damaged or was of a larger base, and where they would have to be merged', async () => {
    const beyond = await save({ rows: Int32Array.of(base.gramRows!), weights: Float32Array.of(1), ofBase: true });
    await expect(readAdapterDirectory(beyond, base)).rejects.toMatchObject({ code: 'ADAPTER_MISMATCH', field: WORDS_FILE });
    await expect(readAdapterDirectory(beyond, { ...base, gramRows: undefined })).rejects.toMatchObject({ code: 'ADAPTER_MISMATCH', message: expect.stringContaining('no linear part') });
    const broken = await save({ rows: Int32Array.of(3), weights: Float32Array.of(Number.NaN) });
    await expect(readAdapterDirectory(broken, base)).rejects.toMatchObject({ code: 'ADAPTER_INVALID', field: WORDS_FILE });
    const faithless = await save({ ...wordsOf('plan', 1), trust: Number.NaN });
    await expect(readAdapterDirectory(faithless, base)).rejects.toMatchObject({ code: 'ADAPTER_INVALID', field: WORDS_FILE, message: expect.stringContaining('words.trust') });
    const sound = await save(wordsOf('plan', 1));
    await expect(writeMergedDirectory(BASE, await readAdapterDirectory(sound, base), folders.next())).rejects.toMatchObject({ code: 'ADAPTER_INVALID', field: 'words' });
    writeFileSync(join(sound, WORDS_FILE), 'nonsense');
    await expect(readAdapterDirectory(sound, base)).rejects.toMatchObject({ code: 'ADAPTER_INVALID', field: WORDS_FILE });
  });
});
