import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GenerateRequest, Generator } from '../../../src/ml/serve/types';
import { editJson, editTensors, ModelDirectories, refusalOf, WRITER } from './model-directories';

const directories = new ModelDirectories();
const cache = join(directories.root, 'cache');
afterAll(() => directories.remove());

const spoilt: [string, (directory: string) => void | Promise<void>][] = [
  ['no directory', (d) => rmSync(d, { recursive: true })],
  ...['config.json', 'model.safetensors', 'tokenizer.json'].map((file): [string, (d: string) => void] => [`no ${file}`, (d) => rmSync(join(d, file))]),
  ['weights cut short', (d) => truncateSync(join(d, 'model.safetensors'), 5000)],
  ['a weight that is not a number', (d) => editTensors(join(d, 'model.safetensors'), (t) => ((t.get('transformer.ln_f.weight')!.data as Float32Array)[3] = NaN))],
  ['config.json of a deeper model', (d) => editJson(join(d, 'config.json'), (json) => ({ ...json, n_layer: 3 }))],
  ['config.json of another kind of model', (d) => editJson(join(d, 'config.json'), (json) => ({ ...json, model_type: 'llama' }))],
  ['the tokenizer of a larger model', (d) => editJson(join(d, 'tokenizer.json'), (json) => {
    const added = json['added_tokens'] as { id: number; content: string }[];
    return { ...json, added_tokens: [...added, { ...added[0]!, id: 1536, content: '<|more|>' }] };
  })],
  ['a tokenizer that is no JSON', (d) => writeFileSync(join(d, 'tokenizer.json'), '{')],
];

describe('a writer that is spoilt', () => {
  it.each(spoilt)('is refused at its opening: %s', async (_, spoil) => {
    const directory = directories.copyOf(WRITER);
    await spoil(directory);
    const refusal = await refusalOf(directories.generator(directory, cache), directory);
    expect(refusal.replaceAll(/writer-[0-9a-f]{12}/g, 'writer-<id>').replaceAll(directories.root, '')).toMatchSnapshot();
  });
});

describe('a request that cannot be', () => {
  let generator: Generator;
  beforeAll(async () => {
    generator = await directories.generator(WRITER, cache);
  });
  const request: GenerateRequest = { prompt: 'a', count: 1, seed: 1, maxGraphemes: 30, placeholders: {}, bannedWords: [] };
  const refused: Partial<GenerateRequest>[] = [
    { count: 0 }, { count: 1001 }, { count: 1.5 }, { count: NaN }, { maxGraphemes: 0 }, { maxGraphemes: Infinity },
    { maxTokens: 0 }, { maxTokens: 513 }, { temperature: -0.1 }, { temperature: NaN }, { topP: 0 }, { topP: 1.01 },
  ];

  it.each(refused.map((change) => [Object.entries(change).flat().join(' '), change] as const))('is refused by naming the field: %s', async (_, change) => {
    expect(await refusalOf(generator.generate({ ...request, ...change }), directories.root)).toMatchSnapshot();
  });

  it('is answered where it is merely odd', async () => {
    const odd: Partial<GenerateRequest>[] = [
      { prompt: '\u0000\ud800<|copy|><|copy|>' }, { prompt: 'x'.repeat(100_000) }, { maxGraphemes: 1 }, { seed: -1 }, { seed: 2 ** 40 },
      { bannedWords: ['', ' ', '.', '***', 'é', '[a-z]'] }, { placeholders: { '<product>': '', '<nothing>': 'x', product: 'y' } },
      { placeholders: { '<product>': 'x'.repeat(1000) } }, { temperature: 0, topP: 0.01 },
    ];
    for (const change of odd) {
      const { generations } = await generator.generate({ ...request, ...change });
      expect(generations).toHaveLength(1);
      expect(generations[0]!.text.length).toBeLessThanOrEqual(60);
      expect(Number.isFinite(generations[0]!.logProbability)).toBe(true);
    }
  });

  it('has text of nothing where everything is forbidden, and says that it is not complete', async () => {
    const letters = Array.from({ length: 26 }, (_, i) => String.fromCodePoint(97 + i));
    const { generations } = await generator.generate({ ...request, maxGraphemes: 1, bannedWords: letters });
    for (const { text, complete } of generations) expect([text.match(/\p{L}/u), complete && text === '']).toEqual([null, false]);
  });
});
