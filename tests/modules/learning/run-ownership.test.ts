import { manualClock } from '../../../src/base/clock';
import { silentLogger } from '../../../src/base/logger';
import type { TrainingRun } from '../../../src/domain/entities/training-run';
import { createJobQueue } from '../../../src/jobs/job-queue';
import { resumeJobs, resumeJobsAlways } from '../../../src/jobs/resume-jobs';
import { RECIPES, type Learned, type LearningTools } from '../../../src/modules/learning/recipes';
import { runTrainingJob } from '../../../src/modules/learning/run-training-job';
import { TRAINING } from '../../../src/modules/learning/start-training';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { aTrainingRun, NOON } from '../../support/entities';
import { testIds } from '../../support/embedded-store';

const MINUTE = 60_000;
const DONE: Learned = { report: { passed: false, verdicts: [], figures: {} }, dataFingerprint: '0123456789abcdef', modelVersionId: null };

const clock = manualClock(NOON);
let opened: TestDependencies;
let deps: TestDependencies['deps'];
beforeAll(async () => {
  opened = await testDependencies({ clock });
  deps = opened.deps;
});
afterAll(() => opened.discard());

/** Attempts at learning, each going on until the test lets it end. */
let attempts: { readonly tools: LearningTools; end(): void }[] = [];
beforeEach(() => {
  attempts = [];
  const learn = (_deps: unknown, _run: TrainingRun, tools: LearningTools) =>
    new Promise<Learned>((resolve, reject) => {
      attempts.push({ tools, end: () => resolve(DONE) });
      tools.signal.addEventListener('abort', () => reject(tools.signal.reason as Error));
    });
  jest.replaceProperty(RECIPES, 'CLASSIFIER', { ...RECIPES.CLASSIFIER, learn });
});
afterEach(() => jest.restoreAllMocks());

async function aRun(): Promise<TrainingRun> {
  const run = aTrainingRun(deps.advertiserId, { createdAt: clock.now() });
  expect(await deps.store.trainingRuns.insertAlone(run)).toBe(true);
  return run;
}
const read = async ({ id }: TrainingRun): Promise<TrainingRun> => (await deps.store.trainingRuns.byIds(deps.advertiserId, [id]))[0]!;
const until = async (met: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await met())) await new Promise((resolve) => setTimeout(resolve, 2));
};
/** A process of its own over the same database. */
const aProcess = () => ({ ...deps, jobs: createJobQueue(silentLogger, { apart: [TRAINING] }) });
const started = (run: TrainingRun, signal = new AbortController().signal): Promise<void> => runTrainingJob(deps, { runId: run.id, signal, heartbeatMs: 2 });

test('a run that is being worked on is left alone by every other process, however long it takes', async () => {
  const run = await aRun();
  const working = started(run);
  await until(() => attempts.length === 1);
  for (let minute = 0; minute < 5; minute++) {
    clock.advance(0.9 * MINUTE);
    // Until the heartbeat is in the row at this time.
    await until(async () => (await deps.store.trainingRuns.waiting(deps.advertiserId, new Date(clock.now().getTime() + 0.9 * MINUTE))).length === 0);
    const other = aProcess();
    expect(await resumeJobs(other)).toBe(0);
    await runTrainingJob(other, { runId: run.id, signal: new AbortController().signal });
  }
  expect(attempts).toHaveLength(1);
  attempts[0]!.end();
  await working;
  expect(await read(run)).toMatchObject({ status: 'REFUSED', dataFingerprint: DONE.dataFingerprint });
});

test('a run whose process died is taken up when it was not heard of for a minute, by one of two', async () => {
  const run = await aRun();
  // It was killed at once: no heartbeat follows.
  await deps.store.trainingRuns.take(deps.advertiserId, run.id, { owner: testIds.next(), now: clock.now(), until: new Date(clock.now().getTime() + MINUTE) });
  clock.advance(MINUTE - 1);
  const processes = [aProcess(), aProcess()];
  expect(await Promise.all(processes.map(resumeJobs))).toEqual([0, 0]);
  clock.advance(1);
  expect(await Promise.all(processes.map(resumeJobs))).toEqual([1, 1]);
  await until(() => attempts.length === 1 && processes.some(({ jobs }) => jobs.size() === 0));
  expect(attempts).toHaveLength(1);
  attempts[0]!.end();
  await Promise.all(processes.map(({ jobs }) => jobs.idle()));
  expect(await read(run)).toMatchObject({ status: 'REFUSED' });
  expect(attempts).toHaveLength(1);
});

test('a queued run that two processes come to is worked on by one', async () => {
  const run = await aRun();
  let ended = 0;
  const working = [started(run), started(run), started(run)].map((each) => each.then(() => (ended += 1)));
  await until(() => ended === 2 && attempts.length === 1);
  attempts[0]!.end();
  await Promise.all(working);
});

test('a stop leaves the run to whoever looks next, at once', async () => {
  const run = await aRun();
  const stop = new AbortController();
  const working = started(run, stop.signal);
  await until(() => attempts.length === 1);
  stop.abort();
  await working;
  expect(await read(run)).toMatchObject({ status: 'RUNNING', finishedAt: null });
  const next = aProcess();
  const stopLooking = resumeJobsAlways(next, 2);
  await until(() => attempts.length === 2);
  stopLooking();
  attempts[1]!.end();
  await next.jobs.idle();
  expect(await read(run)).toMatchObject({ status: 'REFUSED' });
});

test('whoever slept until another took the run up stops, and writes nothing more of it', async () => {
  const run = await aRun();
  // Its heartbeat does not come in this test's time.
  const asleep = runTrainingJob(deps, { runId: run.id, signal: new AbortController().signal, heartbeatMs: 1e6 });
  await until(() => attempts.length === 1);
  clock.advance(MINUTE);
  const working = started(run);
  await until(() => attempts.length === 2);
  const progress = { ...run.progress, phase: 'TRAINING' as const, step: 5, steps: 9 };
  await expect(attempts[0]!.tools.report(progress)).rejects.toMatchObject({ code: 'CANCELLED' });
  await asleep;
  expect(await read(run)).toMatchObject({ status: 'RUNNING', progress: { phase: 'DATA' } });
  attempts[1]!.end();
  await working;
  expect(await read(run)).toMatchObject({ status: 'REFUSED' });
});
