import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { GenerateRequest, Generation, Generator } from '../../../src/ml/serve/types';
import { FACTS, generatorContract, promptOf, REQUEST } from './generator-contract';
import { editJson, ModelDirectories, WRITER } from './model-directories';

const directories = new ModelDirectories();
const cache = join(directories.root, 'cache');
let graphs: Generator;
let library: Generator;
beforeAll(async () => {
  graphs = await directories.generator(WRITER, cache);
  library = await directories.generator(WRITER, cache, 'transformers');
});
afterAll(() => directories.remove());

const of = async (generator: Generator, request: Partial<GenerateRequest> = {}): Promise<Generation[]> => (await generator.generate({ ...REQUEST, ...request })).generations;

describe.each(['graphs', 'transformers'] as const)('with the engine "%s"', (engine) => generatorContract(directories, cache, engine));

describe('both engines', () => {
  /** Rows that differ from a token on: the engines' logits are apart by rounding, which may decide a draw at the edge of the nucleus. */
  const apart = async (request: Partial<GenerateRequest>): Promise<{ rows: number; apart: number }> => {
    const [ours, theirs] = [await of(graphs, request), await of(library, request)];
    expect(ours).toHaveLength(theirs.length);
    const alike = ours.flatMap((one, i) => (one.text === theirs[i]!.text ? [[one, theirs[i]!] as const] : []));
    for (const [{ logProbability, ...rest }, theirOne] of alike) expect(theirOne).toEqual({ ...rest, logProbability: expect.closeTo(logProbability, 4) });
    return { rows: ours.length, apart: ours.length - alike.length };
  };
  const same = async (request: Partial<GenerateRequest>): Promise<number> => {
    const { rows, apart: differ } = await apart(request);
    expect(differ).toBe(0);
    return rows;
  };

  it('write the same tokens from the same seeds, whatever is asked, but for a draw in hundreds that rounding decides', async () => {
    const total = { rows: 0, apart: 0 };
    const formats = fc.tuple(fc.constantFrom('headline', 'body', 'call to action'), fc.constantFrom('trail running', 'index funds', 'sourdough', ''));
    await fc.assert(
      fc.asyncProperty(fc.nat(), formats, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30 }), fc.constantFrom(0, 0.6, 1, 2), fc.constantFrom(0.5, 0.95, 1), fc.integer({ min: 5, max: 120 }),
        async (seed, [format, interest], count, maxTokens, temperature, topP, maxGraphemes) => {
          const slots = Object.keys(FACTS).slice(0, seed % 5);
          const placeholders = Object.fromEntries(slots.map((slot) => [slot, FACTS[slot as keyof typeof FACTS]]));
          const { rows, apart: differ } = await apart({ prompt: promptOf(format, interest, slots.join('')), seed, count, maxTokens, temperature, topP, maxGraphemes, placeholders, bannedWords: ['the', 'new'] });
          expect(differ).toBeLessThanOrEqual(1);
          total.rows += rows;
          total.apart += differ;
        }),
      { numRuns: 30 },
    );
    expect(total.rows).toBeGreaterThan(200);
    expect(total.apart).toBeLessThanOrEqual(2);
  });

  it('write the same where more rows are asked than a step holds, and where rows outgrow the room they begin with', async () => {
    for (const temperature of [0, 0.4, 1]) expect(await same({ count: 75, seed: 7, temperature })).toBe(75);
    expect(await same({ count: 6, maxTokens: 60, maxGraphemes: 10_000, temperature: 2, topP: 1, prompt: promptOf('body', 'surfing') })).toBe(6);
  });

  it('write the same from a prompt that fills the model', async () => {
    await same({ prompt: 'shoes and socks and '.repeat(200), count: 3, maxTokens: 512, maxGraphemes: 10_000 });
    await same({ prompt: '', count: 3 });
  });
});

describe('the directory of a generator', () => {
  const prepared = (): string => join(cache, `writer-${library.identity.id}`);

  it('is prepared once and found again', async () => {
    const file = join(prepared(), 'onnx', 'model.onnx');
    const made = statSync(file).mtimeMs;
    const again = await directories.generator(directories.copyOf(WRITER), cache, 'transformers');
    expect(again.identity.id).toBe(graphs.identity.id);
    expect(statSync(file).mtimeMs).toBe(made);
    expect(readdirSync(join(prepared(), 'onnx'))).toEqual(['model.onnx']);
  });

  it('may hold an ONNX export instead of weights, as it comes from elsewhere', async () => {
    const directory = join(directories.root, 'exported');
    cpSync(prepared(), directory, { recursive: true });
    const exported = await directories.generator(directory, cache);
    expect(await of(exported)).toEqual(await of(library));
  });

  it.each(['graphs', 'transformers'] as const)('may name several tokens that end a text, of which any does: %s', async (engine) => {
    const [one, several] = [directories.huggingFaceWriter(), directories.huggingFaceWriter()];
    // Each character is a token, in the order of their codes from the space on.
    const ends = ['e', 'n', '?'];
    editJson(join(several, 'config.json'), (json) => ({ ...json, eos_token_id: [95, ...ends.map((character) => character.charCodeAt(0) - 32)] }));
    const written = async (directory: string): Promise<string> => (await of(await directories.generator(directory, cache, engine), { prompt: 'a', count: 20, temperature: 2, topP: 1 })).map(({ text }) => text).join('\n');
    const [before, after] = [await written(one), await written(several)];
    for (const end of ends) expect([before.includes(end), after.includes(end)]).toEqual([true, false]);
    expect(after.length).toBeLessThan(before.length);
  });

  it('needs no tokenizer_config.json, which older ones lack', async () => {
    const directory = directories.copyOf(WRITER);
    rmSync(join(directory, 'tokenizer_config.json'));
    const bare = await directories.generator(directory, cache);
    expect(await of(bare)).toEqual(await of(graphs));
  });

  it('gives the generator its name and its identity', () => {
    for (const generator of [graphs, library]) expect(generator.identity).toMatchObject({ kind: 'writer', name: 'writer', directory: WRITER, device: 'cpu', id: expect.stringMatching(/^[0-9a-f]{12}$/) });
    expect(graphs.identity.parameters).toBeGreaterThan(100_000);
    expect(graphs.identity).toEqual(library.identity);
  });
});

