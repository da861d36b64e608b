import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAdapterDirectory, writeAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import { loraSites, type LoraConfig } from '../../../src/ml/lora/sites';
import { floatTensor, type StoredTensor } from '../../../src/ml/weights/tensor';
import { editJson, editTensors, refusalOf } from '../serve/model-directories';
import { classifierBase, Folders, LORA, PEFT, stirredAdapter, type KnownBase } from './adapters';

const folders = new Folders();
let base: KnownBase;
beforeAll(async () => {
  base = await classifierBase();
});
afterAll(() => folders.remove());

function copyOf(name: string): string {
  const directory = folders.next();
  cpSync(PEFT(name), directory, { recursive: true });
  return directory;
}

const refusal = (directory: string, of: KnownBase = base): Promise<string> => refusalOf(readAdapterDirectory(directory, of), folders.root);

async function withConfig(change: Record<string, unknown>, name = 'whole'): Promise<string> {
  const directory = copyOf(name);
  editJson(join(directory, 'adapter_config.json'), (json) => ({ ...json, ...change }));
  return refusal(directory);
}

async function withTensors(change: (tensors: Map<string, StoredTensor>) => void, name = 'whole'): Promise<string> {
  const directory = copyOf(name);
  await editTensors(join(directory, 'adapter_model.safetensors'), change);
  return refusal(directory);
}

const A = 'base_model.model.transformer.h.0.attn.c_attn.lora_A.weight';

describe('an adapter of another base', () => {
  it('is refused by the hash it carries', async () => {
    const directory = folders.next();
    await writeAdapterDirectory(directory, stirredAdapter(base, 1), { base: { hash: 'b'.repeat(64), name: 'another' }, dropout: 0 });
    expect(await refusal(directory, { ...base, hash: 'a'.repeat(64) })).toMatchSnapshot();
  });

  it('is refused by its shapes where PEFT saved it', async () => {
    expect(await refusal(copyOf('whole'), { ...base, config: { ...base.config, channels: 48, inner: 192 } })).toMatchSnapshot();
  });

  it('is refused where it adapts blocks that the base does not have', async () => {
    expect(await refusal(copyOf('partial'), { ...base, config: { ...base.config, layers: 1 } })).toMatchSnapshot();
    expect(await refusal(copyOf('whole'), { ...base, config: { ...base.config, layers: 1 } })).toMatchSnapshot();
    expect(await refusal(copyOf('whole'), { ...base, config: { ...base.config, layers: 3 } })).toMatchSnapshot();
  });

  it('is refused where its head has other labels', async () => {
    expect(await refusal(copyOf('whole'), { ...base, labels: 2 })).toMatchSnapshot();
  });
});

describe('files of an adapter', () => {
  it('are missing', async () => {
    const [empty, half] = [folders.next(), copyOf('whole')];
    mkdirSync(empty);
    rmSync(join(half, 'adapter_model.safetensors'));
    expect(await refusal(empty)).toMatchSnapshot();
    expect(await refusal(half)).toMatchSnapshot();
  });

  it('are cut short or not what they are called', async () => {
    const [cut, text, list] = [copyOf('whole'), copyOf('whole'), copyOf('whole')];
    truncateSync(join(cut, 'adapter_model.safetensors'), 4000);
    writeFileSync(join(text, 'adapter_config.json'), readFileSync(join(text, 'adapter_config.json'), 'utf8').slice(0, 60));
    writeFileSync(join(list, 'adapter_config.json'), '[]');
    for (const directory of [cut, text, list]) expect(await refusal(directory)).toMatchSnapshot();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('hold %d', async (value) => {
    expect(await withTensors((tensors) => ((tensors.get(A)!.data as Float32Array)[5] = value))).toMatchSnapshot();
  });

  it('lack a tensor, or hold one too many', async () => {
    expect(await withTensors((tensors) => tensors.delete(A))).toMatchSnapshot();
    expect(await withTensors((tensors) => tensors.set('base_model.model.transformer.wte.lora_embedding_A', floatTensor([2], new Float32Array(2))))).toMatchSnapshot();
  });

  it('do not agree on the rank', async () => {
    expect(await withConfig({ r: 8 })).toMatchSnapshot();
  });

  it('hold whole numbers where weights belong', async () => {
    expect(await withTensors((tensors) => tensors.set(A, { dtype: 'I32', shape: [4, 32], data: new Int32Array(128) }))).toMatchSnapshot();
  });
});

describe('adapter_config.json', () => {
  it.each<[string, Record<string, unknown>]>([
    ['rank 0', { r: 0 }],
    ['half a rank', { r: 2.5 }],
    ['no factor', { lora_alpha: 0 }],
    ['another method', { peft_type: 'IA3' }],
    ['DoRA', { use_dora: true }],
    ['a field of the future', { use_quantum: { level: 3 } }],
    ['trained biases', { bias: 'all' }],
    ['a start that changes the base', { init_lora_weights: 'pissa' }],
    ['an unknown module', { target_modules: ['c_attn', 'q_proj'] }],
    ['an adapted embedding', { target_modules: ['wte'] }],
    ['a pattern that matches nothing', { target_modules: '.*\\.q_proj' }],
    ['a pattern that is none', { target_modules: '(c_attn' }],
    ['a pattern that takes for ever', { target_modules: '(.+)+c_attn' }],
    ['a saved embedding', { modules_to_save: ['wte'] }],
    ['blocks by name', { layers_to_transform: ['first'] }],
    ['a rank of 0 for one module', { rank_pattern: { c_attn: 0 } }],
  ])('with %s is refused, with what to do', async (_, change) => {
    expect(await withConfig(change)).toMatchSnapshot();
  });

  it.each([[{ task_type: 'SEQ_CLS', modules_to_save: ['classifier', 'score'] }], [{ peft_version: '0.99', fan_in_fan_out: false }], [{ some_new_option: null, another: false }]])('is read with %j', async (change) => {
    expect(await withConfig(change)).toBe('accepted');
  });
});

describe('settings of a new adapter', () => {
  it.each<[string, Partial<Record<keyof LoraConfig, unknown>>]>([
    ['rank 0', { rank: 0 }],
    ['a rank above the width', { rank: 33 }],
    ['a rank that is no number', { rank: Number.NaN }],
    ['a negative factor', { alpha: -1 }],
    ['dropout of everything', { dropout: 1 }],
    ['an unknown module', { targets: ['q_proj'] }],
    ['no module', { targets: [] }],
    ['a block that is not there', { layers: [2] }],
    ['no block', { layers: [] }],
  ])('with %s are refused, with what to do', async (_, change) => {
    expect(await refusalOf(Promise.resolve().then(() => loraSites({ ...LORA, ...change } as LoraConfig, base.config)), '')).toMatchSnapshot();
  });

  it('that diverged are never saved', async () => {
    const adapter = stirredAdapter(base, 2);
    adapter.weights.get('h.0.mlp.c_fc.lora_B')!.data[9] = Number.NaN;
    const directory = folders.next();
    expect(await refusalOf(writeAdapterDirectory(directory, adapter, { base: { hash: base.hash, name: 'base' }, dropout: 0 }), folders.root)).toMatchSnapshot();
    expect(await refusal(directory)).toMatch(/^ADAPTER_UNAVAILABLE/);
  });
});
