/** What every engine of the generator promises; run by its test for each of them. */
import { join } from 'node:path';
import fc from 'fast-check';
import { fold } from '../../../src/ml/decoding/row';
import type { OpenGeneratorOptions } from '../../../src/ml/serve/open-generator';
import type { GenerateRequest, Generation, Generator } from '../../../src/ml/serve/types';
import { inWorker } from '../../support/in-worker';
import { filled, graphemesOf } from '../decoding/written';
import { editTensors, type ModelDirectories, WRITER } from './model-directories';

export function promptOf(format: string, interest: string, slots = ''): string {
  return `<|vertical|>ecommerce<|format|>${format}<|tone|>playful<|interest|>${interest}<|slots|>${slots}<|copy|>`;
}

export const FACTS = { '<product>': 'Skarn Ridge 20', '<brand>': 'Fellmark', '<offer>': '20% off this week', '<price>': '£118' };
export const REQUEST: GenerateRequest = { prompt: promptOf('headline', 'trail running', Object.keys(FACTS).join('')), count: 4, seed: 1, maxGraphemes: 30, placeholders: FACTS, bannedWords: [] };
export const textsOf = (generations: readonly Generation[]): string[] => generations.map((one) => one.text);

export function generatorContract(directories: ModelDirectories, cache: string, engine: OpenGeneratorOptions['engine']): void {
  let generator: Generator;
  beforeAll(async () => {
    generator = await directories.generator(WRITER, cache, engine);
  });
  const write = async (request: Partial<GenerateRequest> = {}): Promise<Generation[]> => (await generator.generate({ ...REQUEST, ...request })).generations;

  describe('a generator', () => {
    it('writes what the greedy pipeline of transformers.js writes with the same weights, where no rule forbids it', async () => {
      const prompts = ['headline', 'body', 'call to action'].flatMap((format) =>
        ['trail running', 'city breaks', 'watercolour', 'index funds', 'home coffee', 'night photography', 'sourdough', 'surfing', ''].map((interest) => promptOf(format, interest)),
      );
      const { written, end } = await inWorker<{ written: { text: string; pieces: string[] }[]; end: string }>('transformers-greedy', { directory: WRITER, cache, prompts, maxTokens: 24 });
      // Rules have no off switch: text that repeats itself or holds a placeholder, which none of these prompts offers, is left out.
      const repeats = (pieces: string[]): boolean => pieces.some((_, i) => i > 1 && pieces.slice(0, i).join('').includes(pieces.slice(i - 1, i + 2).join('')));
      const same = (pieces: string[]): boolean => pieces.some((piece, i) => i > 0 && piece.trim().toLowerCase() === pieces[i - 1]!.trim().toLowerCase());
      let compared = 0;
      for (const [i, prompt] of prompts.entries()) {
        const { text, pieces } = written[i]!;
        const copy = pieces.at(-1) === end ? pieces.slice(0, -1) : pieces;
        if (copy.some((piece) => piece.includes('<')) || repeats(copy) || same(copy)) continue;
        const [ours] = await write({ prompt, count: 1, temperature: 0, maxTokens: 24, maxGraphemes: 10_000, placeholders: {}, allowDigits: true });
        expect(ours!.text).toBe(text.trim());
        expect(ours!.tokens).toBe(copy.length);
        compared++;
      }
      expect(compared).toBeGreaterThanOrEqual(6);
    });

    it('keeps every rule, whatever the seed, the limit and the temperature', async () => {
      const banned = fc.subarray(['the', 'plan', 'a', 'then', 'get', 'long view', 'trail']);
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.integer({ min: 4, max: 40 }), fc.subarray(Object.keys(FACTS)), banned, fc.constantFrom(0, 0.5, 1, 3), async (seed, maxGraphemes, slots, bannedWords, temperature) => {
          const placeholders = Object.fromEntries(Object.entries(FACTS).filter(([slot]) => slots.includes(slot)));
          for (const { text } of await write({ seed, maxGraphemes, placeholders, bannedWords, temperature, count: 3 })) {
            expect(graphemesOf(filled(text, placeholders))).toBeLessThanOrEqual(maxGraphemes);
            expect(text).not.toMatch(/[\p{N}%£\p{Cc}|]/u);
            const found = text.match(/<[^>]*>/g) ?? [];
            expect(slots).toEqual(expect.arrayContaining(found));
            expect(new Set(found).size).toBe(found.length);
            const spoken = ` ${(fold(text.replace(/<[a-z]+>/g, '|')).match(/[\p{L}\p{N}]+|\|/gu) ?? []).join(' ')} `;
            for (const word of bannedWords) expect(spoken).not.toContain(` ${word} `);
          }
        }),
        { numRuns: 25 },
      );
    });

    it('writes the same from the same seed, and something else from another', async () => {
      expect(await write({ count: 6 })).toEqual(await write({ count: 6 }));
      expect(textsOf(await write({ count: 6 }))).not.toEqual(textsOf(await write({ count: 6, seed: 2 })));
    });

    it('writes the same in a small batch and in a large one', async () => {
      const [few, many] = [await write({ count: 3 }), await write({ count: 20 })];
      expect(many).toHaveLength(20);
      expect(textsOf(many.slice(0, 3))).toEqual(textsOf(few));
      few.forEach((one, i) => expect(one.logProbability).toBeCloseTo(many[i]!.logProbability, 4));
      expect(new Set(textsOf(many)).size).toBeGreaterThan(8);
    });

    it('tells text that came to its end from text that the limit cut short', async () => {
      const prompt = promptOf('body', 'trail running');
      const short = await write({ prompt, count: 8, maxTokens: 3, maxGraphemes: 90 });
      expect(short.every((one) => one.tokens <= 3)).toBe(true);
      expect(short.some((one) => !one.complete)).toBe(true);
      const long = await write({ prompt, count: 8, maxTokens: 60, maxGraphemes: 300 });
      expect(long.some((one) => one.complete)).toBe(true);
    });

    it('reports how fluent the model finds each text', async () => {
      const [likely, wild] = [await write({ temperature: 0, count: 1 }), await write({ temperature: 5, topP: 1, count: 8 })];
      for (const { logProbability } of wild) expect(logProbability).toBeLessThan(likely[0]!.logProbability);
    });

    it('reads a prompt that is longer than the model, its end at least, and writes no further than the model reads', async () => {
      const long = `${'shoes and socks and '.repeat(200)}${REQUEST.prompt}`;
      expect(textsOf(await write({ prompt: long }))).toHaveLength(4);
      expect(textsOf(await write({ prompt: long, maxTokens: 512, maxGraphemes: 10_000 }))).toHaveLength(4);
      expect(textsOf(await write({ prompt: '' }))).toHaveLength(4);
    });

    it('says where the time went', async () => {
      // So many that the second is there long before they are written.
      const [first, second] = await Promise.all([generator.generate({ ...REQUEST, count: 100 }), generator.generate(REQUEST)]);
      expect(first.timing.inferenceMs).toBeGreaterThan(0);
      expect(second.timing.queueMs).toBeGreaterThan(0.25 * first.timing.inferenceMs);
    });
  });

  describe('a generation that is cancelled', () => {
    it('ends at once and leaves the generator to the next', async () => {
      await expect(generator.generate(REQUEST, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
      const abort = new AbortController();
      const dropped = generator.generate({ ...REQUEST, count: 1000, maxGraphemes: 300 }, { signal: abort.signal });
      setTimeout(() => abort.abort(), 50);
      await expect(dropped).rejects.toMatchObject({ code: 'CANCELLED' });
      const started = performance.now();
      expect(await write()).toHaveLength(4);
      expect(performance.now() - started).toBeLessThan(10_000);
    });
  });

  describe('closing a generator', () => {
    it('lets what is in flight finish and refuses what comes after', async () => {
      const model = await directories.generator(WRITER, cache, engine);
      const inFlight = model.generate(REQUEST);
      const closed = model.close();
      await expect(model.generate(REQUEST)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
      expect((await inFlight).generations).toHaveLength(4);
      await closed;
    });
  });

  describe('a language model that the Hugging Face libraries saved', () => {
    it('writes under the same rules, though it knows neither markers nor placeholders', async () => {
      const model = await directories.generator(directories.huggingFaceWriter(), cache, engine);
      const { generations } = await model.generate({ ...REQUEST, count: 12, temperature: 2 });
      for (const { text } of generations) {
        expect(graphemesOf(text)).toBeLessThanOrEqual(30);
        expect(text).not.toMatch(/[\d<>|%]/);
      }
      expect(generations.some(({ text }) => text.length > 3)).toBe(true);
    });

    it('goes on from a prompt without markers as it stands', async () => {
      const model = await directories.generator(directories.huggingFaceWriter(), cache, engine);
      const texts = await Promise.all(['Once upon a time', 'Zebras in the zoo'].map(async (prompt) => textsOf((await model.generate({ ...REQUEST, prompt, count: 1, temperature: 0 })).generations)));
      expect(texts[0]).not.toEqual(texts[1]);
    });
  });

  describe('a model whose numbers run over', () => {
    it.each([['the last normalisation', 'transformer.ln_f.weight'], ['the embeddings', 'transformer.wte.weight']])('is named as such, not sampled from: %s', async (_, name) => {
      const directory = directories.copyOf(WRITER);
      await editTensors(join(directory, 'model.safetensors'), (tensors) => (tensors.get(name)!.data as Float32Array).fill(3e38));
      const model = await directories.generator(directory, cache, engine);
      for (const temperature of [0, 1]) await expect(model.generate({ ...REQUEST, temperature })).rejects.toMatchObject({ code: 'MODEL_INVALID', message: expect.stringMatching(/not finite/) });
    });
  });
}
