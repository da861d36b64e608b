import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryContentHash, shortId } from '../../../src/ml/weights/content-hash';
import { gpt2Shapes, savedName } from '../../../src/ml/weights/gpt2-shapes';
import { readGpt2Directory, writeGpt2Directory } from '../../../src/ml/weights/hf-directory';
import { readSafetensors, writeSafetensors } from '../../../src/ml/weights/safetensors';
import { floatTensor, type StoredTensor } from '../../../src/ml/weights/tensor';

const REFERENCE = join(__dirname, '../../fixtures/reference');
let root: string;
let count = 0;
beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'adloom-hf-'))));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A copy of a model that the Hugging Face libraries saved. */
function copyOf(name: 'language-model' | 'classifier'): string {
  const directory = join(root, `${name}-${count++}`);
  cpSync(join(REFERENCE, name), directory, { recursive: true });
  return directory;
}

function editConfig(directory: string, change: Record<string, unknown>): void {
  const path = join(directory, 'config.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

async function editWeights(directory: string, change: (tensors: Map<string, StoredTensor>) => void): Promise<void> {
  const path = join(directory, 'model.safetensors');
  const { tensors } = await readSafetensors(path);
  change(tensors);
  await writeSafetensors(path, tensors);
}

describe('a directory that the Hugging Face libraries saved', () => {
  it('loads as a language model, every tensor by its canonical name', async () => {
    const model = await readGpt2Directory(copyOf('language-model'));
    expect(model.head).toBe('language-model');
    expect(model.config).toMatchObject({ layers: 2, heads: 4, channels: 32, inner: 128, vocabulary: 97, positions: 64, layerNormEpsilon: 1e-5, tiedHead: true, padTokenId: 96 });
    expect([...model.tensors.keys()]).toEqual([...gpt2Shapes(model.config, 'language-model').keys()]);
    expect(model.tensors.get('wte.weight')?.shape).toEqual([97, 32]);
    expect(model.extras.size).toBe(0);
  });

  it('loads as a classifier with its labels', async () => {
    const model = await readGpt2Directory(copyOf('classifier'));
    expect(model.head).toBe('classifier');
    expect(model.config.labels).toEqual(['LABEL_0']);
    expect(model.tensors.get('score.weight')?.shape).toEqual([1, 32]);
  });

  it.each(['gelu_new', 'gelu_pytorch_tanh', 'gelu_fast', 'gelu_accurate'])('loads with the activation by the name %s: all are one function', async (name) => {
    const directory = copyOf('language-model');
    editConfig(directory, { activation_function: name });
    expect((await readGpt2Directory(directory)).head).toBe('language-model');
  });

  it('has one token that ends a text, several or none, and is written again with those', async () => {
    for (const [written, read] of [[95, [95]], [[95, 3], [95, 3]], [[3, 50_256], [3]], [[], []], [null, []], [50_256, []]] as const) {
      const [directory, copy] = [copyOf('language-model'), join(root, `copy-${count++}`)];
      editConfig(directory, { eos_token_id: written });
      const { config, head, tensors } = await readGpt2Directory(directory);
      expect(config.eosTokenIds).toEqual(read);
      await writeGpt2Directory(copy, { config, head, tensors, tokenizer: undefined });
      expect((await readGpt2Directory(copy)).config.eosTokenIds).toEqual(read);
    }
    const directory = copyOf('language-model');
    editConfig(directory, { eos_token_id: [95, 'end'] });
    await expect(readGpt2Directory(directory)).rejects.toMatchObject({ code: 'MODEL_INVALID', message: 'config.json: eos_token_id must be a whole number, a list of them or null, but is [95,"end"].' });
  });

  it('loads the same without the prefix, with stored masks, and as shards', async () => {
    const directory = copyOf('language-model');
    const { tensors } = await readGpt2Directory(directory);
    await editWeights(directory, (all) => {
      for (const [name, tensor] of new Map(all)) {
        all.delete(name);
        all.set(name.replace('transformer.', ''), tensor);
      }
      all.set('h.0.attn.bias', floatTensor([1, 1, 64, 64], new Float32Array(64 * 64)));
      all.set('h.1.attn.masked_bias', floatTensor([], new Float32Array([-1e4])));
      all.set('lm_head.weight', tensors.get('wte.weight')!);
    });
    const bare = await readGpt2Directory(directory);
    expect(bare.tensors).toEqual(tensors);
    expect(bare.extras.size).toBe(0);

    const weightMap: Record<string, string> = {};
    const shards = [new Map<string, StoredTensor>(), new Map<string, StoredTensor>()];
    [...tensors].forEach(([name, tensor], i) => {
      shards[i % 2]!.set(savedName(name, 'language-model'), tensor);
      weightMap[savedName(name, 'language-model')] = `model-0000${(i % 2) + 1}-of-00002.safetensors`;
    });
    rmSync(join(directory, 'model.safetensors'));
    for (const [i, shard] of shards.entries()) await writeSafetensors(join(directory, `model-0000${i + 1}-of-00002.safetensors`), shard);
    writeFileSync(join(directory, 'model.safetensors.index.json'), JSON.stringify({ metadata: { total_size: 1 }, weight_map: weightMap }));
    expect((await readGpt2Directory(directory)).tensors).toEqual(tensors);
  });
});

describe('a directory that we write', () => {
  it.each(['language-model', 'classifier'] as const)('holds the %s as it was, other files untouched', async (name) => {
    const { config, head, tensors } = await readGpt2Directory(copyOf(name));
    const directory = join(root, `written-${count++}`);
    const contents = { config, head, tensors, tokenizer: { files: { 'tokenizer.json': '{}', 'tokenizer_config.json': '{}' } }, files: { 'calibration.json': '{}' } };
    await writeGpt2Directory(directory, contents);
    writeFileSync(join(directory, 'MODEL_CARD.md'), 'card');
    await writeGpt2Directory(directory, contents);
    expect(readdirSync(directory).sort()).toEqual(['MODEL_CARD.md', 'calibration.json', 'config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']);
    const back = await readGpt2Directory(directory);
    expect(back.tensors).toEqual(tensors);
    expect({ ...back.config, raw: null }).toEqual({ ...config, raw: null });
    expect((await readSafetensors(join(directory, 'model.safetensors'))).metadata).toEqual({ format: 'pt' });
  });

  it('in half precision is half as large and near', async () => {
    const { config, head, tensors } = await readGpt2Directory(copyOf('language-model'));
    const directory = join(root, `half-${count++}`);
    await writeGpt2Directory(directory, { config, head, tensors }, { storage: 'F16' });
    const back = await readGpt2Directory(directory);
    for (const [name, { data }] of tensors) {
      const stored = back.tensors.get(name)!;
      expect(stored.dtype).toBe('F16');
      data.forEach((value, i) => expect(Math.abs(stored.data[i]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25));
    }
  });

  it('asks to be computed in 32 bits, whatever the model was that it comes from: the libraries do as the configuration says', async () => {
    const { config, head, tensors } = await readGpt2Directory(copyOf('classifier'));
    const directory = join(root, `written-${count++}`);
    await writeGpt2Directory(directory, { config: { ...config, raw: { ...config.raw, dtype: 'bfloat16', torch_dtype: 'bfloat16' } }, head, tensors });
    const { dtype, torch_dtype: older } = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as Record<string, unknown>;
    expect([dtype, older]).toEqual(['float32', 'float32']);
  });

  it('is not written at all when a tensor is missing', async () => {
    const { config, head, tensors } = await readGpt2Directory(copyOf('language-model'));
    tensors.delete('ln_f.bias');
    const directory = join(root, `missing-${count++}`);
    await expect(writeGpt2Directory(directory, { config, head, tensors })).rejects.toMatchObject({ code: 'MODEL_INVALID', message: expect.stringContaining('ln_f.bias') });
    expect(() => readdirSync(directory)).toThrow('ENOENT');
  });
});

test('a model whose head is not tied to its embeddings is refused where it would be trained as if it were', async () => {
  const directory = copyOf('language-model');
  const { tensors } = await readGpt2Directory(directory);
  editConfig(directory, { tie_word_embeddings: false });
  await editWeights(directory, (all) => all.set('lm_head.weight', tensors.get('wte.weight')!));
  expect((await readGpt2Directory(directory)).tensors.has('lm_head.weight')).toBe(true);
  await expect(readGpt2Directory(directory, { tied: true })).rejects.toMatchObject({ code: 'MODEL_INVALID', message: expect.stringContaining('tie_word_embeddings') as string });
});

describe('a directory that does not fit together is refused by name', () => {
  const config: [string, Record<string, unknown>][] = [
    ['another kind of model', { model_type: 'llama' }],
    ['another activation', { activation_function: 'relu' }],
    ['no layers', { n_layer: 0 }],
    ['heads that do not divide the channels', { n_head: 5 }],
    ['a vocabulary that is text', { vocab_size: '97' }],
    ['an epsilon of 2', { layer_norm_epsilon: 2 }],
    ['scaling by layer', { scale_attn_by_inverse_layer_idx: true }],
    ['labels that are not the number of labels', { num_labels: 3 }],
    ['more layers than the weights have', { n_layer: 3 }],
    ['more layers than memory has room for', { n_layer: 1e9 }],
    ['more labels than memory has room for', { num_labels: 1e9, id2label: null }],
    ['more labels than a list may have', { num_labels: 1e12, id2label: null }],
    ['other channels than the weights have', { n_embd: 64 }],
    ['an untied head that is not there', { tie_word_embeddings: false }],
  ];
  it.each(config)('%s', async (name, change) => {
    const directory = copyOf(name.startsWith('labels') ? 'classifier' : 'language-model');
    editConfig(directory, change);
    const error = await readGpt2Directory(directory).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'MODEL_INVALID' });
    expect((error as Error).message).toMatchSnapshot();
  });

  it('a mis-shaped tensor is named with the shape required and the shape found', async () => {
    const directory = copyOf('classifier');
    await editWeights(directory, (tensors) => tensors.set('transformer.h.1.mlp.c_fc.bias', floatTensor([64], new Float32Array(64))));
    await expect(readGpt2Directory(directory)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: 'model.safetensors: tensor transformer.h.1.mlp.c_fc.bias must have the shape [128] by config.json, but has the shape [64].',
    });
  });

  it('a missing config, broken JSON, missing weights, one tensor twice, a shard outside the directory', async () => {
    const at = async (prepare: (directory: string) => void | Promise<void>): Promise<unknown> => {
      const directory = copyOf('language-model');
      await prepare(directory);
      const { code, field } = (await readGpt2Directory(directory).catch((e: unknown) => e)) as { code: string; field: string };
      return [code, field];
    };
    expect(await at((d) => rmSync(join(d, 'config.json')))).toEqual(['MODEL_UNAVAILABLE', 'config.json']);
    expect(await at((d) => writeFileSync(join(d, 'config.json'), '{'))).toEqual(['MODEL_INVALID', 'config.json']);
    expect(await at((d) => rmSync(join(d, 'model.safetensors')))).toEqual(['MODEL_UNAVAILABLE', 'model.safetensors']);
    expect(await at((d) => editWeights(d, (all) => all.set('ln_f.bias', all.get('transformer.ln_f.bias')!)))).toEqual(['MODEL_INVALID', 'model.safetensors']);
    expect(
      await at((d) => {
        rmSync(join(d, 'model.safetensors'));
        writeFileSync(join(d, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: '../secret.safetensors' } }));
      }),
    ).toEqual(['MODEL_INVALID', 'model.safetensors.index.json']);
  });
});

describe('the content hash', () => {
  it('changes with a weight, a setting or the calibration, and not with a card', async () => {
    const directory = copyOf('classifier');
    const first = await directoryContentHash(directory);
    expect(shortId(first)).toMatch(/^[0-9a-f]{12}$/);
    writeFileSync(join(directory, 'MODEL_CARD.md'), 'card');
    expect(await directoryContentHash(directory)).toBe(first);
    const seen = new Set([first]);
    editConfig(directory, { n_ctx: 64 });
    seen.add(await directoryContentHash(directory));
    writeFileSync(join(directory, 'calibration.json'), '{}');
    seen.add(await directoryContentHash(directory));
    await editWeights(directory, (tensors) => {
      (tensors.get('score.weight')!.data as Float32Array)[0]! += 1;
    });
    seen.add(await directoryContentHash(directory));
    expect(seen.size).toBe(4);
    await expect(directoryContentHash(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });
});
