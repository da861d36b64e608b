import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng, type Rng } from '../../../src/base/rng';
import type { Weights } from '../../../src/ml/gpt2/parameters';
import { newAdapter, type Adapter } from '../../../src/ml/lora/adapter';
import type { AdapterBase } from '../../../src/ml/lora/adapter-directory';
import { baseHash } from '../../../src/ml/lora/base-hash';
import { LORA_TARGETS, loraSites, type LoraConfig } from '../../../src/ml/lora/sites';
import { readGpt2Directory } from '../../../src/ml/weights/hf-directory';
import { readRankerDirectory } from '../../../src/ml/serve/ranker-directory';

const FIXTURES = join(__dirname, '..', '..', 'fixtures');
export const CLASSIFIER = join(FIXTURES, 'reference', 'classifier');
export const PEFT = (name: string): string => join(FIXTURES, 'reference', 'lora', name);

export const LORA: LoraConfig = { rank: 4, alpha: 8, dropout: 0, targets: LORA_TARGETS, head: true };

export class Folders {
  readonly root = mkdtempSync(join(tmpdir(), 'adloom-adapters-'));
  private count = 0;

  next(): string {
    return join(this.root, `adapter-${this.count++}`);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export interface KnownBase extends AdapterBase {
  weights: Weights;
}

/** The classifier that the Hugging Face libraries saved. */
export async function classifierBase(): Promise<KnownBase> {
  const { config, tensors } = await readGpt2Directory(CLASSIFIER);
  const weights: Weights = new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }]));
  return { config, labels: 1, weights, hash: baseHash(weights) };
}

/** A ranker with all its parts. */
export async function rankerBase(directory: string): Promise<KnownBase> {
  const { shape, weights } = await readRankerDirectory(directory);
  return { config: shape.body!, labels: 1, weights, hash: baseHash(weights), gramRows: shape.grams?.rows };
}

/** An adapter that changes what its base says: B is not zero. */
export function stirredAdapter(base: KnownBase, seed: number, config: Partial<LoraConfig> = {}, spread = 0.05): Adapter {
  const rng: Rng = createRng(seed);
  const full = { ...LORA, ...config };
  const adapter = newAdapter(loraSites(full, base.config), rng, full.head ? base.weights.get('score.weight') : undefined);
  for (const [name, { data }] of adapter.weights) if (!name.endsWith('lora_A')) for (let i = 0; i < data.length; i++) data[i]! += spread * rng.normal();
  return adapter;
}
