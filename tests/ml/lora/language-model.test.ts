import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from '../../../src/base/rng';
import type { Weights } from '../../../src/ml/gpt2/parameters';
import { newAdapter, type Adapter } from '../../../src/ml/lora/adapter';
import { readAdapterDirectory, writeAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import { baseHash } from '../../../src/ml/lora/base-hash';
import { mergeAdapter } from '../../../src/ml/lora/merge';
import { writeMergedDirectory } from '../../../src/ml/lora/merged-directory';
import { loraSites } from '../../../src/ml/lora/sites';
import { readGpt2Directory } from '../../../src/ml/weights/hf-directory';
import { inWorker } from '../../support/in-worker';
import { ModelDirectories, WRITER } from '../serve/model-directories';
import { LORA } from './adapters';

interface Compared {
  loss: number;
  merged: number;
  baseLoss: number;
  gradientErrors: Record<string, number>;
  epochs: { batches: number; mean: number }[];
  evaluation: Record<string, number>;
}

describe('an adapter over a language model', () => {
  let compared: Compared;
  beforeAll(async () => {
    compared = await inWorker<Compared>('language-adapter');
  });

  it('has the loss of the model with the adapter merged into it', () => {
    expect(Math.abs(compared.loss - compared.baseLoss)).toBeGreaterThan(1e-3);
    expect(Math.abs(compared.loss - compared.merged)).toBeLessThan(1e-5);
  });

  it('has the gradients that the chain rule gives through the merged weights', () => {
    expect(Object.keys(compared.gradientErrors).length).toBeGreaterThan(8);
    expect(Object.entries(compared.gradientErrors).filter(([, error]) => !(error < 1e-4))).toEqual([]);
  });

  it('counts every document at its weight, however documents are cut into batches', () => {
    expect(new Set(compared.epochs.map(({ batches }) => batches)).size).toBe(3);
    const { mean } = compared.epochs[0]!;
    for (const epoch of compared.epochs) expect(epoch.mean).toBeCloseTo(mean, 5);
  });

  it('reports the loss of each set and their sum by share', () => {
    const { loss, 'winners.loss': winners, 'replay.loss': replay } = compared.evaluation;
    expect(loss).toBeCloseTo(winners! - 0.5 * replay!, 6);
  });
});

describe("a language model's adapter on disk", () => {
  const directories = new ModelDirectories();
  afterAll(() => directories.remove());

  async function stirred(): Promise<{ adapter: Adapter; base: Weights; config: Awaited<ReturnType<typeof readGpt2Directory>>['config'] }> {
    const { config, tensors } = await readGpt2Directory(WRITER, { head: 'language-model' });
    const adapter = newAdapter(loraSites({ ...LORA, head: false }, config), createRng(1));
    const rng = createRng(2);
    for (const [name, { data }] of adapter.weights) if (name.endsWith('lora_B')) for (let i = 0; i < data.length; i++) data[i] = 0.05 * rng.normal();
    return { adapter, base: new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }])), config };
  }

  it("says PEFT's task CAUSAL_LM and comes back as it was saved", async () => {
    const { adapter, base, config } = await stirred();
    const directory = directories.copyOf(WRITER);
    await writeAdapterDirectory(directory, adapter, { base: { hash: baseHash(base), name: 'writer' }, of: 'language-model', dropout: 0 });
    expect(JSON.parse(readFileSync(join(directory, 'adapter_config.json'), 'utf8'))).toMatchObject({ peft_type: 'LORA', task_type: 'CAUSAL_LM', auto_mapping: null, modules_to_save: null });
    const read = await readAdapterDirectory(directory, { config, labels: 0, hash: baseHash(base) });
    expect(read.weights).toEqual(adapter.weights);
    expect(read.bound).toBe(true);
  });

  it('merged into its base is a plain directory that writes', async () => {
    const { adapter, base } = await stirred();
    const output = join(directories.root, 'merged');
    await writeMergedDirectory(WRITER, adapter, output, { head: 'language-model', files: { 'memorised.u32': new Uint8Array(4) } });
    const { config, tensors } = await readGpt2Directory(output);
    expect(config.raw['architectures']).toEqual(['GPT2LMHeadModel']);
    for (const [name, { data }] of mergeAdapter(base, adapter)) expect([name, tensors.get(name)!.data]).toEqual([name, data]);
    expect(readFileSync(join(output, 'memorised.u32'))).toHaveLength(4);
    const generator = await directories.generator(output, join(directories.root, 'cache'));
    const order = { prompt: '', count: 2, seed: 3, maxTokens: 8, maxGraphemes: 30, placeholders: {}, bannedWords: [] };
    expect((await generator.generate(order)).generations).toHaveLength(2);
    const old = await directories.generator(WRITER, join(directories.root, 'cache'));
    expect((await generator.generate(order)).generations).not.toEqual((await old.generate(order)).generations);
  });
});
