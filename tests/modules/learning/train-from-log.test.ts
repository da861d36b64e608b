import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { manualClock } from '../../../src/base/clock';
import { silentLogger } from '../../../src/base/logger';
import type { TrainingRun } from '../../../src/domain/entities/training-run';
import { createJobQueue } from '../../../src/jobs/job-queue';
import { resumeJobs } from '../../../src/jobs/resume-jobs';
import { cancelTraining } from '../../../src/modules/learning/cancel-training';
import { startTraining, TRAINING, type StartTraining } from '../../../src/modules/learning/start-training';
import { promoteModel } from '../../../src/modules/models/promote-model';
import { upsertProfile } from '../../../src/modules/profiles/upsert-profile';
import { aTrainingRun, NOON } from '../../support/entities';
import { openSmallClassifier, type SmallClassifier } from '../../support/small-classifier';
import { writeMarketLog } from './market-log';

const clock = manualClock(NOON);
let opened: SmallClassifier;
let deps: SmallClassifier['deps'];
beforeAll(async () => {
  opened = await openSmallClassifier({ clock });
  deps = opened.deps;
  await writeMarketLog(deps, { vertical: 'MEDIA', decisions: 120, seed: 2 });
  const end = await writeMarketLog(deps, { vertical: 'TRAVEL', decisions: 3_600 });
  clock.advance(end.getTime() - NOON.getTime());
});
afterAll(() => opened.discard());

const SETTINGS = { epochs: 8, rate: 1e-2, learns: 'LAYERS' };
const start = async (more: Partial<StartTraining> = {}): Promise<TrainingRun> => (await startTraining(deps, { kind: 'CLASSIFIER', vertical: 'TRAVEL', seed: 3, settings: SETTINGS, ...more }))!;
const read = async ({ id }: TrainingRun): Promise<TrainingRun> => (await deps.store.trainingRuns.byIds(deps.advertiserId, [id]))[0]!;
const ended = async (run: TrainingRun): Promise<TrainingRun> => {
  await deps.jobs.idle();
  return read(run);
};
const until = async (run: TrainingRun, phase: TrainingRun['progress']['phase'], step = 0): Promise<void> => {
  for (let { progress } = run; progress.phase !== phase || progress.step < step; { progress } = await read(run)) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('a training run', () => {
  let first: TrainingRun;
  beforeAll(async () => {
    first = await ended(await start());
  }, 180_000);

  it('learns from the log what the base cannot tell, and is passed by the gate on later decisions of other people', async () => {
    expect(first.report!.verdicts.filter(({ passed }) => !passed)).toEqual([]);
    expect(first).toMatchObject({ status: 'SUCCEEDED', error: null, report: { passed: true }, dataFingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(first.report!.verdicts.map(({ name }) => name)).toEqual(
      ['enough data', 'log loss', 'calibration error', 'predicted over observed', 'predicted over observed by field', 'harm to a segment', 'support on the log', 'value', 'barred attributes']);
    const byField = first.report!.verdicts.find(({ name }) => name === 'predicted over observed by field')!.came;
    for (const field of ['placement home', 'placement feed', 'personalised yes', 'device cpu']) expect(byField).toContain(`${field}: `);
    const { candidateLogLoss, liveLogLoss, candidateValue, liveValue } = first.report!.figures as Record<string, number>;
    expect(candidateLogLoss).toBeLessThan(liveLogLoss! - 0.03);
    expect(candidateValue).toBeGreaterThan(liveValue!);
    const [version] = await deps.store.modelVersions.byIds(deps.advertiserId, [first.modelVersionId!]);
    expect(version).toMatchObject({ stage: 'CANDIDATE', vertical: 'TRAVEL', base: opened.scorer.identity.id, dataFingerprint: first.dataFingerprint, metrics: { gatePassed: 1 } });
    expect(existsSync(join(first.directory, 'checkpoints'))).toBe(false);
  });

  it('tells of its phases to subscribers, with numbers alone', async () => {
    const told = await deps.store.feed.after(deps.advertiserId, 'trainingProgress', 0n, 100, [first.id]);
    const payloads = told.map(({ payload }) => payload as { status: string; progress: { phase: string } });
    expect(payloads[0]).toMatchObject({ status: 'QUEUED' });
    expect([...new Set(payloads.map(({ progress }) => progress.phase))]).toEqual(['DATA', 'TRAINING', 'GATE']);
    expect(payloads.at(-1)).toMatchObject({ status: 'SUCCEEDED' });
    expect(JSON.stringify(payloads)).not.toMatch(/running|trains|Start/);
  });

  it('that a stop cuts off goes on at the next start, and ends with the same version', async () => {
    const run = await start();
    await until(run, 'TRAINING');
    await deps.jobs.close(0);
    expect(await read(run)).toMatchObject({ status: 'RUNNING', modelVersionId: null });
    deps = { ...deps, jobs: createJobQueue(silentLogger, { apart: [TRAINING] }) };
    expect(await resumeJobs(deps)).toBe(1);
    expect(await ended(run)).toMatchObject({ status: 'SUCCEEDED', modelVersionId: first.modelVersionId, dataFingerprint: first.dataFingerprint, report: first.report });
  }, 180_000);

  it('that a stop cuts off begins anew where its log is another by then: somebody took back their consent', async () => {
    const consents = (training: boolean) => upsertProfile(deps, { externalId: 'TRAVEL 1 0', consent: { training } });
    const run = await start();
    await until(run, 'TRAINING', 1);
    await deps.jobs.close(0);
    expect(existsSync(join(run.directory, 'checkpoints', first.dataFingerprint!, 'progress.json'))).toBe(true);
    deps = { ...deps, jobs: createJobQueue(silentLogger, { apart: [TRAINING] }) };
    await consents(false);
    await resumeJobs(deps);
    const without = await ended(run);
    expect(without).toMatchObject({ error: null, modelVersionId: expect.any(String) });
    expect(without.modelVersionId).not.toBe(first.modelVersionId);
    expect(without.dataFingerprint).not.toBe(first.dataFingerprint);
    await consents(true);
  }, 180_000);

  it('may be promoted, and is what the next one must beat; of the same log, seed and settings comes the same version', async () => {
    await promoteModel(deps, { modelVersionId: first.modelVersionId!, stage: 'LIVE', reason: 'passed' });
    const same = await ended(await start());
    // No better than itself.
    expect(same).toMatchObject({ status: 'REFUSED', modelVersionId: first.modelVersionId, dataFingerprint: first.dataFingerprint, report: { passed: false } });
    expect(same.report!.verdicts.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(['log loss']);
  }, 180_000);

  it('stops when it is cancelled, makes nothing, and leaves nothing behind', async () => {
    const run = await start({ seed: 4 });
    await until(run, 'TRAINING', 1);
    expect(await cancelTraining(deps, { runId: run.id })).toMatchObject({ status: 'CANCELLED' });
    expect(await ended(run)).toMatchObject({ status: 'CANCELLED', modelVersionId: null });
    expect(existsSync(join(run.directory, 'checkpoints'))).toBe(false);
    expect(await cancelTraining(deps, { runId: run.id })).toMatchObject({ status: 'CANCELLED' });
  }, 60_000);

  it('that is cancelled after a stop, while nobody is at it, leaves nothing behind either', async () => {
    const run = await start({ seed: 4 });
    await until(run, 'TRAINING', 1);
    await deps.jobs.close(0);
    deps = { ...deps, jobs: createJobQueue(silentLogger, { apart: [TRAINING] }) };
    expect(existsSync(join(run.directory, 'checkpoints'))).toBe(true);
    await cancelTraining(deps, { runId: run.id });
    expect(existsSync(join(run.directory, 'checkpoints'))).toBe(false);
  }, 60_000);

  it('learns words where there is too little for layers, and counts decisions by how likely they were, where that is asked for', async () => {
    const [alike, weighted] = [await ended(await start({ settings: {} })), await ended(await start({ settings: { weighting: 'INVERSE_PROPENSITY' } }))];
    for (const run of [alike, weighted]) expect(run).toMatchObject({ error: null, modelVersionId: expect.any(String), report: { figures: { testRows: expect.any(Number) } } });
    // All propensities of this log are the same.
    expect(weighted.modelVersionId).toBe(alike.modelVersionId);
    expect(alike.modelVersionId).not.toBe(first.modelVersionId);
  }, 60_000);

  it('learns words beside what other verticals\' logs say, and its fingerprint tells of them', async () => {
    const before = await ended(await start({ settings: { learns: 'WORDS' } }));
    await writeMarketLog(deps, { vertical: 'OTHER', decisions: 600, seed: 5 });
    const [beside, layers] = [await ended(await start({ settings: { learns: 'WORDS' } })), await ended(await start({ settings: { ...SETTINGS, epochs: 1 } }))];
    expect(beside).toMatchObject({ error: null, modelVersionId: expect.any(String) });
    expect(beside.modelVersionId).not.toBe(before.modelVersionId);
    expect(beside.dataFingerprint).not.toBe(before.dataFingerprint);
    expect(layers.dataFingerprint).toBe(first.dataFingerprint);
  }, 120_000);

  it('that goes on after people took back their consent has learnt nothing of them, from other verticals\' logs either', async () => {
    const consents = async (training: boolean): Promise<void> => {
      for (let i = 0; i < 20; i++) await upsertProfile(deps, { externalId: `OTHER 5 ${i}`, consent: { training } });
    };
    const words = { seed: 6, settings: { learns: 'WORDS' } };
    const stopped = async (): Promise<TrainingRun> => {
      for (;;) {
        const run = await start(words);
        await until(run, 'GATE');
        await deps.jobs.close(0);
        deps = { ...deps, jobs: createJobQueue(silentLogger, { apart: [TRAINING] }) };
        // It may have been faster.
        if ((await read(run)).status === 'RUNNING') return run;
      }
    };
    const run = await stopped();
    await consents(false);
    await resumeJobs(deps);
    const [resumed, anew] = [await ended(run), await ended(await start(words))];
    expect(resumed).toMatchObject({ error: null, modelVersionId: anew.modelVersionId, dataFingerprint: anew.dataFingerprint });
    await consents(true);
  }, 120_000);

  it('refuses, before it learns, a log of too little', async () => {
    const run = await ended(await start({ vertical: 'MEDIA' }));
    expect(run).toMatchObject({ status: 'REFUSED', modelVersionId: null, report: { passed: false } });
    expect(run.report!.verdicts.filter(({ passed }) => !passed)[0]).toMatchObject({ name: 'enough data', required: '200 training decisions, with 20 clicks and as many without one' });
    expect(await ended(await start({ vertical: 'EDUCATION' }))).toMatchObject({ status: 'REFUSED' });
  });
});

describe('a request to train is refused', () => {
  it('while a run of its kind and vertical waits or runs, and the same key gives the same run', async () => {
    const busy = aTrainingRun(deps.advertiserId, { vertical: 'FINANCE' });
    await deps.store.trainingRuns.insertAlone(busy);
    await expect(start({ vertical: 'FINANCE' })).rejects.toMatchObject({ code: 'CONFLICT', field: 'vertical' });
    await cancelTraining(deps, { runId: busy.id });
    const [a, b] = [await start({ vertical: 'FINANCE', idempotencyKey: 'k' }), await start({ vertical: 'FINANCE', idempotencyKey: 'k' })];
    expect(a.id).toBe(b.id);
    await deps.jobs.idle();
  });

  it('with settings that do not exist or are out of bounds, for a writer, and on a dry run nothing starts', async () => {
    await expect(start({ settings: { depth: 3 } })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'settings.depth' });
    await expect(start({ settings: { epochs: 0 } })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'settings.epochs' });
    await expect(start({ settings: { learns: 'ALL' } })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'settings.learns' });
    await expect(start({ settings: { weighting: 'ALL' } })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'settings.weighting' });
    await expect(start({ vertical: null })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'vertical' });
    await expect(startTraining(deps, { kind: 'WRITER' })).rejects.toMatchObject({ code: 'CONFLICT', field: 'kind' });
    expect(await startTraining(deps, { kind: 'CLASSIFIER', vertical: 'OTHER', validateOnly: true })).toBeNull();
  });
});
