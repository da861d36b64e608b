import { rmSync, truncateSync, writeFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { documentBuilder } from '../../../src/ml/train/documents';
import { startTraining, type TrainingJob } from '../../../src/ml/train/start-training';
import { CONFIG, documents, languageAdapterJob, languageModelJob, fingerprints, rankingJob, train, TrainingFolders } from './small-jobs';

const folders = new TrainingFolders();
afterAll(() => folders.remove());

async function refusal(job: TrainingJob): Promise<string> {
  const error = await train(job).then(() => undefined, (e: unknown) => e as { code?: string; field?: string; message: string; hint?: string });
  return error ? [error.code, error.field, error.message, error.hint].map((part) => part?.replaceAll(job.settings.checkpoints, '<run>') ?? '-').join(' | ') : 'accepted';
}

const withWeights = (job: TrainingJob, change: (job: TrainingJob) => void): TrainingJob => {
  change(job);
  return job;
};

test('a run whose only step leaves weights that say nothing ends with the cause and the mend, and no weights', async () => {
  const job = languageModelJob({ checkpoints: folders.next(), epochs: 1, accumulate: 1000, averageFrom: 1, clip: Infinity, schedule: { peak: 1e30, warmup: 1, floor: 1 } });
  expect(await refusal(job)).toBe('MODEL_INVALID | - | Training diverged: the validation loss at step 1 is no number. | Lower the learning rate, or start from other weights.');
});

describe('a training run that cannot be', () => {
  const none = documentBuilder().build();
  const long = documentBuilder();
  long.add(Array.from({ length: CONFIG.positions + 2 }, () => 1), 1);
  const foreign = documentBuilder();
  foreign.add([1, 2, CONFIG.vocabulary], 1);
  const jobs: [string, () => TrainingJob][] = [
    ['without training data', () => languageModelJob({ checkpoints: folders.next() }, { training: none })],
    ['without validation data', () => languageModelJob({ checkpoints: folders.next() }, { validation: none })],
    ['on a document longer than the model', () => languageModelJob({ checkpoints: folders.next() }, { training: long.build() })],
    ['on a token that the model does not have', () => languageModelJob({ checkpoints: folders.next() }, { validation: foreign.build() })],
    ['of a ranker without examples', () => rankingJob({ checkpoints: folders.next() }, { training: [{ name: 'none', examples: [], share: 1 }] })],
    ['of a ranker without validation', () => rankingJob({ checkpoints: folders.next() }, { validation: [] })],
    ["of a language model's adapter without validation", () => languageAdapterJob({ checkpoints: folders.next() }, { validation: [] })],
    ["of a language model's adapter on a token that the model does not have", () => languageAdapterJob({ checkpoints: folders.next() }, { training: [{ name: 'winners', documents: foreign.build(), share: 1 }] })],
    ['from a weight that is not a number', () => withWeights(languageModelJob({ checkpoints: folders.next() }), (job) => (job.weights.get('wte.weight')!.data[5] = NaN))],
    ['from weights of another shape', () => withWeights(languageModelJob({ checkpoints: folders.next() }), (job) => job.weights.set('ln_f.bias', { shape: [2], data: new Float32Array(2) }))],
    ['from weights that lack one', () => withWeights(languageModelJob({ checkpoints: folders.next() }), (job) => job.weights.delete('wpe.weight'))],
  ];

  it.each(jobs)('is refused: %s', async (_, job) => {
    expect(await refusal(job())).toMatchSnapshot();
  });

  it('is refused where it was cancelled beforehand', async () => {
    await expect(startTraining(languageModelJob({ checkpoints: folders.next() }), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('a checkpoint that cannot be resumed', () => {
  async function stopped(): Promise<TrainingJob> {
    const job = languageModelJob({ checkpoints: folders.next(), epochs: 12, checkpointEvery: 5 });
    await expect(train(job, ({ step }, stop) => step >= 12 && stop())).rejects.toMatchObject({ code: 'CANCELLED' });
    return job;
  }
  const spoilt: [string, (job: TrainingJob) => void][] = [
    ['of another run', (job) => (job.settings.fingerprint = 'other')],
    ['with a progress file that is no JSON', (job) => writeFileSync(join(job.settings.checkpoints, 'progress.json'), '{"step": ')],
    ['with a progress file that says nothing', (job) => writeFileSync(join(job.settings.checkpoints, 'progress.json'), 'null')],
    ['with weights cut short', (job) => states(job).forEach((file) => truncateSync(file, 100))],
    ['without its weights', (job) => states(job).forEach((file) => rmSync(file))],
  ];
  const states = ({ settings }: TrainingJob): string[] => readdirSync(settings.checkpoints).filter((name) => name.startsWith('state-')).map((name) => join(settings.checkpoints, name));

  it.each(spoilt)('is refused: %s', async (_, spoil) => {
    const job = await stopped();
    spoil(job);
    expect((await refusal(job)).replace(/state-\d+/g, 'state-N')).toMatchSnapshot();
  });

  it('leaves a run in another directory untouched', async () => {
    const [other, fresh] = [await stopped(), languageModelJob({ checkpoints: folders.next(), epochs: 2 })];
    expect(fingerprints((await train(fresh)).weights)).toEqual(fingerprints((await train(languageModelJob({ checkpoints: folders.next(), epochs: 2 }))).weights));
    expect(states(other)).not.toEqual([]);
  });
});

describe('documents', () => {
  it('of fewer than two tokens are left out: there is nothing to predict', () => {
    const builder = documentBuilder();
    builder.add([1], 1);
    builder.add([], 1);
    builder.add([1, 2], 1);
    expect(builder.build()).toEqual({ ids: Int32Array.of(1, 2), weights: Float32Array.of(1, 1), offsets: Int32Array.of(0, 2) });
    expect(documents(3, 1).offsets).toHaveLength(4);
  });
});
