import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAdapterDirectory, writeAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import { mergeAdapter } from '../../../src/ml/lora/merge';
import { writeMergedDirectory } from '../../../src/ml/lora/merged-directory';
import { readGpt2Directory } from '../../../src/ml/weights/hf-directory';
import { readSafetensors } from '../../../src/ml/weights/safetensors';
import { baseHash } from '../../../src/ml/lora/base-hash';
import { CLASSIFIER, classifierBase, Folders, PEFT, stirredAdapter, type KnownBase } from './adapters';

const folders = new Folders();
let base: KnownBase;
beforeAll(async () => {
  base = await classifierBase();
});
afterAll(() => folders.remove());

const write = async (adapter: Parameters<typeof writeAdapterDirectory>[1]): Promise<string> => {
  const directory = folders.next();
  await writeAdapterDirectory(directory, adapter, { base: { hash: base.hash, name: 'classifier' }, dropout: 0.1 });
  return directory;
};
const json = (directory: string): Record<string, unknown> => JSON.parse(readFileSync(join(directory, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;

describe('an adapter on disk', () => {
  it('comes back as it was saved, and knows its base', async () => {
    const adapter = stirredAdapter(base, 1, { rank: 5, alpha: 7, layers: [1] });
    const read = await readAdapterDirectory(await write(adapter), base);
    expect(read.sites).toEqual(adapter.sites);
    expect(read.weights).toEqual(adapter.weights);
    expect(read.bound).toBe(true);
    expect(read.dropout).toBe(0.1);
    expect(read.bytes).toBe([...adapter.weights.values()].reduce((sum, w) => sum + 4 * w.data.length, 0));
  });

  it('has the same bytes for the same weights', async () => {
    const [a, b] = [await write(stirredAdapter(base, 2)), await write(stirredAdapter(base, 2))];
    for (const file of ['adapter_config.json', 'adapter_model.safetensors']) expect(readFileSync(join(a, file))).toEqual(readFileSync(join(b, file)));
  });

  it.each(['whole', 'partial', 'pattern'])('that PEFT saved (%s) is saved again under the same names, shapes, types and values', async (name) => {
    const theirs = await readAdapterDirectory(PEFT(name), base);
    expect(theirs.bound).toBe(false);
    const again = await write(theirs);
    const [mine, original] = await Promise.all([again, PEFT(name)].map((d) => readSafetensors(join(d, 'adapter_model.safetensors'))));
    expect([...mine!.tensors].toSorted()).toEqual([...original!.tensors].toSorted());
    expect(mine!.metadata).toEqual({ ...original!.metadata, 'adloom.base': base.hash });
    const read = await readAdapterDirectory(again, base);
    expect(read.sites.map((s) => ({ ...s, scale: s.scale.toFixed(12) }))).toEqual(theirs.sites.map((s) => ({ ...s, scale: s.scale.toFixed(12) })));
  });

  it('names only fields that PEFT knows, with the types that PEFT writes', async () => {
    const theirs = json(PEFT('whole'));
    for (const [field, value] of Object.entries(json(await write(stirredAdapter(base, 3))))) {
      expect(Object.keys(theirs)).toContain(field);
      expect([field, Array.isArray(value), value === null ? 'null' : typeof value]).toEqual([field, Array.isArray(theirs[field]), theirs[field] === null ? 'null' : typeof theirs[field]]);
    }
  });

  it('belongs to another base when one weight of it differs, and to the same one under another order of its weights', () => {
    const other = new Map([...base.weights].map(([name, w]) => [name, { ...w, data: w.data.slice() }]));
    expect(baseHash(new Map([...other].toReversed()))).toBe(base.hash);
    other.get('h.1.mlp.c_proj.bias')!.data[3]! += 1e-6;
    expect(baseHash(other)).not.toBe(base.hash);
  });
});

describe('base and adapter as one model', () => {
  it('is a Hugging Face directory with the sum of both, in 32 bits', async () => {
    const adapter = await readAdapterDirectory(PEFT('partial'), base);
    const output = folders.next();
    await writeMergedDirectory(CLASSIFIER, adapter, output);
    const { tensors, config } = await readGpt2Directory(output);
    expect(config.raw['architectures']).toEqual(['GPT2ForSequenceClassification']);
    const merged = mergeAdapter(base.weights, adapter);
    for (const [name, { data }] of merged) expect([name, tensors.get(name)!.data]).toEqual([name, data]);
    const changed = [...merged].filter(([name, { data }]) => base.weights.get(name)!.data.some((v, i) => v !== data[i])).map(([name]) => name);
    expect(changed).toEqual(['h.1.attn.c_attn.weight', 'h.1.attn.c_proj.weight', 'h.1.mlp.c_proj.weight']);
  });

  it('adds s (B A)^T, element by element', async () => {
    const adapter = stirredAdapter(base, 4, { rank: 2, alpha: 3, targets: ['mlp.c_fc'], layers: [0], head: false });
    const [site] = adapter.sites;
    const merged = mergeAdapter(base.weights, adapter).get('h.0.mlp.c_fc.weight')!.data;
    const [a, b] = ['A', 'B'].map((x) => adapter.weights.get(`h.0.mlp.c_fc.lora_${x}`)!.data);
    for (const [i, o] of [[0, 0], [31, 127], [5, 90]] as const) {
      const sum = [0, 1].reduce((total, r) => total + a![r * site!.in + i]! * b![o * 2 + r]!, 0);
      expect(merged[i * site!.out + o]!).toBeCloseTo(base.weights.get('h.0.mlp.c_fc.weight')!.data[i * site!.out + o]! + 1.5 * sum, 6);
    }
  });

  it('never overwrites its base', async () => {
    await expect(writeMergedDirectory(CLASSIFIER, stirredAdapter(base, 5), join(CLASSIFIER, '.'))).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
