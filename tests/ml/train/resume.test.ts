import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingJob } from '../../../src/ml/train/start-training';
import { adapterJob, languageAdapterJob, languageModelJob, fingerprints, rankingJob, train, TrainingFolders } from './small-jobs';

const folders = new TrainingFolders();
afterAll(() => folders.remove());

const CANCELLED = { code: 'CANCELLED', message: expect.stringMatching(/^Training was stopped at step \d+ of \d+\.$/), hint: 'Run the same command again to resume.' };

/** Stops the run once it has come so far. */
async function stopAt(job: TrainingJob, step: number): Promise<void> {
  await expect(train(job, (report, stop) => report.step >= step && stop())).rejects.toMatchObject(CANCELLED);
}

const kinds: [string, (checkpoints: string) => TrainingJob][] = [
  ['a language model', (checkpoints) => languageModelJob({ checkpoints, epochs: 12 })],
  ['a ranker', (checkpoints) => rankingJob({ checkpoints, epochs: 14 })],
  ['an adapter', (checkpoints) => adapterJob({ checkpoints, epochs: 14 })],
  ["a language model's adapter", (checkpoints) => languageAdapterJob({ checkpoints, epochs: 14 })],
  ['accumulated gradients', (checkpoints) => languageModelJob({ checkpoints, epochs: 20, accumulate: 3 })],
];

describe.each(kinds)('a training run of %s, dropout on', (_, jobIn) => {
  let whole: Awaited<ReturnType<typeof train>>;
  /** What a run that is killed after step 29 leaves behind. */
  const left = folders.next();
  beforeAll(async () => {
    const job = jobIn(folders.next());
    whole = await train(job, ({ kind, step }) => {
      if (kind === 'step' && step === 29) cpSync(job.settings.checkpoints, left, { recursive: true });
    });
  });

  it('ends with the same weights every time', async () => {
    expect(fingerprints((await train(jobIn(folders.next()))).weights)).toEqual(fingerprints(whole.weights));
  });

  it('ends with the same weights where it is stopped, anywhere, and resumed', async () => {
    const job = jobIn(folders.next());
    await stopAt(job, 7);
    await stopAt(job, 33);
    const resumed = await train(job);
    expect(resumed.steps).toBe(whole.steps);
    expect(fingerprints(resumed.weights)).toEqual(fingerprints(whole.weights));
    expect(resumed.evaluation).toEqual(whole.evaluation);
  });

  it('ends with the same weights where it is killed and goes on from its last checkpoint', async () => {
    const resumed = await train(jobIn(left));
    expect(fingerprints(resumed.weights)).toEqual(fingerprints(whole.weights));
  });
});

describe('a checkpoint', () => {
  it('is whole though the run dies while the next one is written', async () => {
    const whole = await train(languageModelJob({ checkpoints: folders.next(), epochs: 12 }));
    const job = languageModelJob({ checkpoints: folders.next(), epochs: 12 });
    const progress = join(job.settings.checkpoints, 'progress.json');
    let before = '';
    // A directory in the place of progress.json: the next checkpoint's tensors are written, its progress cannot be.
    const dying = train(job, ({ kind, step }) => {
      if (kind !== 'step' || step !== 22) return;
      before = readFileSync(progress, 'utf8');
      rmSync(progress);
      mkdirSync(progress);
    });
    await expect(dying).rejects.toThrow();
    rmSync(progress, { recursive: true });
    writeFileSync(progress, before);
    expect(fingerprints((await train(job)).weights)).toEqual(fingerprints(whole.weights));
  });

  it('does not pile up', async () => {
    const job = languageModelJob({ checkpoints: folders.next(), checkpointEvery: 4, epochs: 6 });
    await train(job);
    expect(readdirSync(job.settings.checkpoints).filter((name) => name.startsWith('state-')).length).toBeLessThanOrEqual(2);
  });

  it('remembers how long the run has not improved', async () => {
    const stubborn = (checkpoints: string): TrainingJob => {
      const job = languageModelJob({ checkpoints, epochs: 40, evaluateEvery: 5, patience: 6, averageFrom: 1, schedule: { peak: 0.05, warmup: 0, floor: 1 } });
      return job;
    };
    const whole = await train(stubborn(folders.next()));
    expect(whole.stoppedEarly).toBe(true);
    const job = stubborn(folders.next());
    for (let step = 15; step < whole.steps - 5; step += 20) await stopAt(job, step);
    const resumed = await train(job);
    expect([resumed.steps, resumed.stoppedEarly]).toEqual([whole.steps, true]);
    expect(fingerprints(resumed.weights)).toEqual(fingerprints(whole.weights));
  });

  it.each([
    ['came to its end', 1000],
    ['stopped early', 2],
  ])('of a run that %s gives the result again, without another step', async (_, patience) => {
    const job = languageModelJob({ checkpoints: folders.next(), epochs: 20, evaluateEvery: 5, checkpointEvery: 5, patience, averageFrom: 1, schedule: { peak: 0.05, warmup: 0, floor: 1 } });
    const first = await train(job);
    expect(first.stoppedEarly).toBe(patience === 2);
    const steps: number[] = [];
    const again = await train(job, (report) => steps.push(report.step));
    expect(steps).toEqual([]);
    expect({ ...again, weights: fingerprints(again.weights) }).toEqual({ ...first, weights: fingerprints(first.weights) });
  });
});
