import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '../../../src/base/rng';
import { bodyParameters, initialise, type Weights } from '../../../src/ml/gpt2/parameters';
import { newAdapter } from '../../../src/ml/lora/adapter';
import { LORA_TARGETS, loraSites } from '../../../src/ml/lora/sites';
import { rankerParameters, type RankerShape } from '../../../src/ml/gpt2/ranker';
import { documentBuilder, type Documents } from '../../../src/ml/train/documents';
import type { LoopReport, LoopResult, LoopSettings } from '../../../src/ml/train/loop';
import type { RankExample } from '../../../src/ml/train/rank-data';
import { startTraining, type TrainingJob } from '../../../src/ml/train/start-training';

/** Trainings that take a second: real ones, in the real worker thread, of a model with a few thousand weights. */
export const CONFIG = { vocabulary: 30, positions: 16, channels: 8, layers: 1, heads: 2, inner: 32, layerNormEpsilon: 1e-5 };
export const SHAPE: RankerShape = { body: CONFIG, wide: { buckets: 16, dimensions: 2 }, grams: { rows: 16, behindPrefix: 0.5 } };

export class TrainingFolders {
  readonly root = mkdtempSync(join(tmpdir(), 'adloom-training-'));
  private count = 0;

  next(): string {
    return join(this.root, `run-${this.count++}`);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Documents that count upwards, from anywhere: something a model can learn. */
export function documents(count: number, seed: number, length?: number): Documents {
  const rng = createRng(seed);
  const builder = documentBuilder();
  for (let i = 0; i < count; i++) {
    const start = rng.int(CONFIG.vocabulary);
    builder.add(Array.from({ length: length ?? 3 + rng.int(10) }, (_, k) => (start + k) % CONFIG.vocabulary), 1);
  }
  return builder.build();
}

export function examples(count: number, seed: number): RankExample[] {
  const rng = createRng(seed);
  const ids = (most: number): Int32Array => Int32Array.from({ length: 1 + rng.int(most) }, () => rng.int(CONFIG.vocabulary));
  const features = (): { rows: number[]; weights: number[] } => ({ rows: [1 + rng.int(15), 1 + rng.int(15)], weights: [0.7, 0.7] });
  return Array.from({ length: count }, () => {
    const texts = Array.from({ length: 2 + rng.int(3) }, () => ids(6));
    return {
      prefix: ids(6), texts, prefixFeatures: features(), textFeatures: texts.map(features), grams: texts.map(features),
      points: texts.map((_, i) => ({ target: i === 0 ? 0.9 : 0.1, weight: 1 })),
      pairs: texts.slice(1).map((_, i) => ({ first: 0, second: i + 1, target: 1, weight: 1 })),
    };
  });
}

export function languageModelJob(settings: Partial<LoopSettings> & { checkpoints: string }, job: Partial<Extract<TrainingJob['task'], { kind: 'language-model' }>['job']> = {}): TrainingJob {
  return {
    task: { kind: 'language-model', job: { config: CONFIG, training: documents(60, 1), validation: documents(10, 2), batchTokens: 60, dropout: 0.2, threads: 1, ...job } },
    weights: initialise(bodyParameters(CONFIG), CONFIG, createRng(3)),
    settings: { ...SETTINGS, ...settings },
  };
}

export function rankingJob(settings: Partial<LoopSettings> & { checkpoints: string }, job: Partial<Extract<TrainingJob['task'], { kind: 'ranking' }>['job']> = {}): TrainingJob {
  const set = (list: RankExample[], share = 1): { name: string; examples: RankExample[]; share: number }[] => [{ name: 'choices', examples: list, share }];
  return {
    task: {
      kind: 'ranking',
      job: { shape: SHAPE, trained: 'all', training: set(examples(60, 1), 0.6), validation: set(examples(10, 2)), batchTokens: 90, dropout: 0.2, balance: { points: 0.5, pairs: 1 }, threads: 1, ...job },
    },
    weights: initialise(rankerParameters(SHAPE), CONFIG, createRng(3)),
    settings: { ...SETTINGS, ...settings },
  };
}

/** An adapter over a base that nobody trained, its input dropped out too. */
export function adapterJob(settings: Partial<LoopSettings> & { checkpoints: string }, job: Partial<Extract<TrainingJob['task'], { kind: 'adapter' }>['job']> = {}): TrainingJob {
  const base = initialise(rankerParameters(SHAPE), CONFIG, createRng(3));
  const sites = loraSites({ rank: 2, alpha: 4, dropout: 0.2, targets: LORA_TARGETS, head: true }, CONFIG);
  const lined = (list: RankExample[]): RankExample[] => list.map((example) => ({ ...example, lines: example.texts.map((_, i) => ({ scale: 0.5 + i, shift: -0.2 })) }));
  return {
    task: {
      kind: 'adapter',
      job: {
        shape: SHAPE, base, sites, head: true, training: [{ name: 'choices', examples: lined(examples(60, 1)), share: 0.6 }], validation: lined(examples(10, 2)), batchTokens: 90,
        dropout: { body: 0.1, adapter: 0.2 }, balance: { points: 0.5, pairs: 1 }, threads: 1, ...job,
      },
    },
    weights: newAdapter(sites, createRng(4), base.get('score.weight')).weights,
    settings: { ...SETTINGS, ...settings },
  };
}

/** An adapter over a language model that nobody trained. */
export function languageAdapterJob(settings: Partial<LoopSettings> & { checkpoints: string }, job: Partial<Extract<TrainingJob['task'], { kind: 'language-adapter' }>['job']> = {}): TrainingJob {
  const base = initialise(bodyParameters(CONFIG), CONFIG, createRng(3));
  const sites = loraSites({ rank: 2, alpha: 4, dropout: 0.2, targets: LORA_TARGETS, head: false }, CONFIG);
  const set = (name: string, list: Documents, share: number): { name: string; documents: Documents; share: number } => ({ name, documents: list, share });
  return {
    task: {
      kind: 'language-adapter',
      job: {
        config: CONFIG, base, sites, training: [set('new', documents(40, 1), 1), set('replay', documents(60, 6), 0.4)],
        validation: [set('new', documents(10, 2), 1), set('replay', documents(10, 7), 0.5)], batchTokens: 60, dropout: { body: 0.1, adapter: 0.2 }, threads: 1, ...job,
      },
    },
    weights: newAdapter(sites, createRng(4)).weights,
    settings: { ...SETTINGS, ...settings },
  };
}

const SETTINGS: Omit<LoopSettings, 'checkpoints'> = {
  seed: 5, epochs: 8, clip: 1, threads: 1, schedule: { peak: 1e-2, warmup: 3, floor: 0.1 },
  evaluateEvery: 10, patience: 1000, averageFrom: 0.5, checkpointEvery: 20, fingerprint: 'small',
};

/** Runs a job; `at` is called with every report and may stop it. */
export function train(job: TrainingJob, at: (report: LoopReport, stop: () => void) => void = () => undefined): Promise<LoopResult> {
  const abort = new AbortController();
  return startTraining(job, { report: (report) => at(report, () => abort.abort()), signal: abort.signal });
}

/** A fingerprint of each weight: what two runs must agree on to the last bit. */
export function fingerprints(weights: Weights): Record<string, string> {
  return Object.fromEntries([...weights].map(([name, { data }]) => [name, createHash('sha256').update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest('hex').slice(0, 12)]));
}

export function largestDifference(a: Weights, b: Weights): number {
  let most = 0;
  for (const [name, { data }] of a) data.forEach((v, i) => (most = Math.max(most, Math.abs(v - b.get(name)!.data[i]!))));
  return most;
}
