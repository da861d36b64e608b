import { rmSync, truncateSync, writeFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { floatTensor } from '../../../src/ml/weights/tensor';
import { CTR, editJson, editTensors, ModelDirectories, refusalOf, WRITER } from './model-directories';

const directories = new ModelDirectories();
afterAll(() => directories.remove());

type Spoil = (directory: string) => void | Promise<void>;

const cases: [string, Spoil][] = [
  ['no directory', (d) => rmSync(d, { recursive: true })],
  ...['config.json', 'model.safetensors', 'tokenizer.json', 'wide.safetensors', 'grams.safetensors'].map((file): [string, Spoil] => [`no ${file}`, (d) => rmSync(join(d, file))]),
  ['weights cut short', (d) => truncateSync(join(d, 'model.safetensors'), 5000)],
  ['weights that are text', (d) => writeFileSync(join(d, 'model.safetensors'), 'version https://git-lfs.example/spec/v1\noid sha256:0\nsize 1\n')],
  ['a weight that is not a number', (d) => editTensors(join(d, 'model.safetensors'), (t) => ((t.get('transformer.h.1.mlp.c_fc.bias')!.data as Float32Array)[3] = NaN))],
  ['a wide weight that is infinite', (d) => editTensors(join(d, 'wide.safetensors'), (t) => ((t.get('wide.text')!.data as Float32Array)[0] = Infinity))],
  ['config.json of a wider model', (d) => editJson(join(d, 'config.json'), (json) => ({ ...json, n_embd: 96 }))],
  ['config.json of another kind of model', (d) => editJson(join(d, 'config.json'), (json) => ({ ...json, model_type: 'bert' }))],
  ['a head of three labels', async (d) => {
    editJson(join(d, 'config.json'), (json) => ({ ...json, num_labels: 3, id2label: { 0: 'a', 1: 'b', 2: 'c' } }));
    await editTensors(join(d, 'model.safetensors'), (t) => t.set('score.weight', floatTensor([3, 48], new Float32Array(144))));
  }],
  ['no positions for a text behind a prefix', async (d) => {
    editJson(join(d, 'config.json'), (json) => ({ ...json, n_positions: 5, n_ctx: 5 }));
    await editTensors(join(d, 'model.safetensors'), (t) => t.set('transformer.wpe.weight', floatTensor([5, 48], new Float32Array(240))));
  }],
  ['a head of two labels that do not exclude each other', async (d) => {
    editJson(join(d, 'config.json'), (json) => ({ ...json, num_labels: 2, id2label: { 0: 'a', 1: 'b' }, problem_type: 'multi_label_classification' }));
    await editTensors(join(d, 'model.safetensors'), (t) => t.set('score.weight', floatTensor([2, 48], new Float32Array(96))));
  }],
  ['the tokenizer of a larger model', (d) => editJson(join(d, 'tokenizer.json'), (json) => {
    const added = json['added_tokens'] as { id: number; content: string }[];
    return { ...json, added_tokens: [...added, { ...added[0]!, id: 1536, content: '<|more|>' }] };
  })],
  ['a tokenizer that is no JSON', (d) => writeFileSync(join(d, 'tokenizer.json'), '{')],
  ['a tokenizer without the mark', (d) => editJson(join(d, 'ranker.json'), (json) => ({ ...json, mark: '<|other|>' }))],
  ['wide tables of another size', (d) => editJson(join(d, 'ranker.json'), (json) => ({ ...json, wide: { buckets: 512, dimensions: 8 } }))],
  ['a linear part of another size', (d) => editJson(join(d, 'ranker.json'), (json) => ({ ...json, grams: { rows: 512, behindPrefix: 0.5 } }))],
  ['a linear part that counts less than nothing', (d) => editJson(join(d, 'ranker.json'), (json) => ({ ...json, grams: { rows: 4096, behindPrefix: -1 } }))],
  ['shared words that count less than nothing', (d) => editJson(join(d, 'ranker.json'), (json) => ({ ...json, grams: { ...(json['grams'] as object), nearness: -1 } }))],
  ['shared words whose rarity is missing', (d) => editTensors(join(d, 'grams.safetensors'), (t) => t.delete('grams.rarity'))],
  ['wide tables of no size', (d) => editJson(join(d, 'ranker.json'), (json) => ({ ...json, wide: { buckets: 0, dimensions: 'many' } }))],
  ['ranker.json that is no JSON', (d) => writeFileSync(join(d, 'ranker.json'), '{"mark": ')],
  ['ranker.json that is a list', (d) => writeFileSync(join(d, 'ranker.json'), '[]')],
  ['a negative limit', (d) => editJson(join(d, 'ranker.json'), (json) => ({ ...json, prefixLimit: -1 }))],
  ['no room for text', (d) => editJson(join(d, 'ranker.json'), (json) => ({ ...json, textLimit: 0 }))],
  ['calibration that is no JSON', (d) => writeFileSync(join(d, 'calibration.json'), 'slope = 1')],
  ['calibration without a number', (d) => editJson(join(d, 'calibration.json'), (json) => ({ ...json, withPrefix: { slope: 'steep' } }))],
  ['calibration that is null', (d) => writeFileSync(join(d, 'calibration.json'), 'null')],
  ['a language model', (d) => ['config.json', 'model.safetensors'].forEach((file) => copyFileSync(join(WRITER, file), join(d, file)))],
];

describe('a ranker that is spoilt', () => {
  it.each(cases)('is refused at its opening: %s', async (_, spoil) => {
    const directory = directories.copyOf(CTR);
    await spoil(directory);
    expect(await refusalOf(directories.scorer(directory), directory)).toMatchSnapshot();
  });
});

describe('a ranker whose weights are finite but senseless', () => {
  it('refuses to answer rather than answer what is no number', async () => {
    const directory = directories.copyOf(CTR);
    await editTensors(join(directory, 'model.safetensors'), (t) => (t.get('transformer.ln_f.weight')!.data as Float32Array).fill(3e38));
    const model = await directories.scorer(directory);
    await expect(model.score({ prefix: 'a', texts: ['b'] })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringMatching(/^The model's score of text 0 is (NaN|-?Infinity), which is no number\.$/),
    });
  });
});

describe('texts that nobody would write', () => {
  it('score a number, whatever they are', async () => {
    const model = await directories.scorer(CTR);
    const texts = ['', ' ', '\u0000', '\ud800', '<|endoftext|>', '<|text|>', 'x'.repeat(1_000_000), '日'.repeat(10_000), '\u0301'.repeat(1000), '👩‍👩‍👧‍👦'.repeat(50)];
    for (const prefix of ['', ' | | ', '<|text|>'.repeat(50), 'x '.repeat(100_000)]) {
      for (const { logit, probability } of (await model.score({ prefix, texts })).scores) {
        expect(Number.isFinite(logit)).toBe(true);
        expect(probability).toBeGreaterThan(0);
        expect(probability).toBeLessThan(1);
      }
    }
    // Text cannot speak for the program: a marker that people write is plain characters.
    const [plain, marked] = await model.scoreMany([{ prefix: 'a', text: 'b' }, { prefix: 'a<|text|>', text: 'b' }]);
    expect(plain!.logit).not.toBe(marked!.logit);
  });

  it('fit a ranker that reads no prefix at all', async () => {
    const directory = directories.copyOf(CTR);
    editJson(join(directory, 'ranker.json'), ({ wide: _, ...json }) => ({ ...json, prefixLimit: 0 }));
    const model = await directories.scorer(directory);
    const [none, some] = await model.scoreMany([{ prefix: '', text: 'Lace up' }, { prefix: 'trail running '.repeat(100), text: 'Lace up' }]);
    expect(Math.abs(none!.logit - some!.logit)).toBeLessThan(1e-5);
  });
});
