import { print } from 'graphql';
import { toGlobalId } from '../../src/graphql/relay/global-id';
import { cancelTraining } from '../../src/modules/learning/cancel-training';
import { CancelTrainingDocument, NodeDocument, StartTrainingDocument, TrainingProgressDocument, TrainingRunDocument, TrainingRunsDocument } from '../generated/operations';
import { aTrainingRun } from '../support/entities';
import { openTestApp, take, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

const report = { passed: false, verdicts: [{ name: 'log loss', passed: false, required: 'below 0.5, the live model\'s', came: '0.6' }], figures: { testRows: 300 } };

test('runs are read one by one, in pages and as nodes, with what the gate found', async () => {
  const { store, advertiserId } = t.app.deps;
  const run = aTrainingRun(advertiserId, { vertical: 'TRAVEL' });
  await store.trainingRuns.insertAlone(run);
  await store.trainingRuns.finish(advertiserId, run.id, 'REFUSED', { report });
  const id = toGlobalId('TrainingRun', run.id);
  const { trainingRun } = await t.run(TrainingRunDocument, { id });
  expect(trainingRun).toMatchObject({ id, status: 'REFUSED', report: { passed: false, verdicts: report.verdicts }, figures: [{ name: 'testRows', value: 300 }], modelVersion: null });
  const { trainingRuns } = await t.run(TrainingRunsDocument, { first: 1, filter: { statuses: ['REFUSED'] } });
  expect(trainingRuns.nodes).toMatchObject([{ id, vertical: 'TRAVEL', report: { passed: false } }]);
  expect((await t.run(NodeDocument, { id })).node).toMatchObject({ id });
});

test('a request that cannot be met says what to mend', async () => {
  const refused = await t.run(StartTrainingDocument, { input: { kind: 'CLASSIFIER', settings: { epochs: 99 } } });
  expect(refused.startTraining).toMatchObject({ run: null, userErrors: [{ code: 'BAD_INPUT', field: 'vertical' }, { code: 'BAD_INPUT', field: 'settings.epochs' }] });
  // The classifier of this app is no directory.
  const untunable = await t.run(StartTrainingDocument, { input: { kind: 'CLASSIFIER', vertical: 'TRAVEL' } });
  expect(untunable.startTraining).toMatchObject({ run: null, userErrors: [{ code: 'CONFLICT', field: 'kind' }] });
});

test('a run is cancelled, and followed from any cursor', async () => {
  const { store, advertiserId } = t.app.deps;
  const run = aTrainingRun(advertiserId, { vertical: 'MEDIA' });
  await store.trainingRuns.insertAlone(run);
  const runId = toGlobalId('TrainingRun', run.id);
  const { cancelTraining: answer } = await t.run(CancelTrainingDocument, { input: { runId } });
  expect(answer).toMatchObject({ run: { id: runId, status: 'CANCELLED' }, userErrors: [] });
  // Cancelled already: the same run, and nothing more to tell.
  await cancelTraining(t.app.deps, { runId: run.id });
  const [event] = await take<{ trainingProgress: object }>(t, print(TrainingProgressDocument), { runId }, 1);
  expect(event!.trainingProgress).toMatchObject({ status: 'CANCELLED', progress: { phase: 'DATA', step: 0 }, run: { id: runId } });
});
