import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelIdentity } from '../../../src/ml/serve/types';
import { promoteModel } from '../../../src/modules/models/promote-model';
import { promoteWriter } from '../../../src/modules/models/promote-writer';
import type { WriterTrial } from '../../../src/modules/writer-learning/writer-trial';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { openTestStore } from '../../support/embedded-store';
import { aModelVersion, anExperiment } from '../../support/entities';
import { lineGenerator } from '../../support/word-models';
import { ModelDirectories, WRITER } from '../../ml/serve/model-directories';

const directories = new ModelDirectories();
let opened: Awaited<ReturnType<typeof openTestStore>>;
let identity: ModelIdentity;
beforeAll(async () => {
  opened = await openTestStore();
  ({ identity } = await directories.generator(WRITER, join(tmpdir(), 'adloom-test-writers')));
});
let test: TestDependencies;
let candidateId: string;
let liveId: string;
/** One store; an advertiser of its own for each test. */
beforeEach(async () => {
  test = await testDependencies({ generator: lineGenerator(), store: opened.store });
  liveId = test.deps.modelVersionIds.writer!;
  candidateId = (
    await test.deps.store.modelVersions.register({
      ...aModelVersion(test.deps.advertiserId), kind: 'WRITER', vertical: null, name: 'tuned', contentHash: identity.id, directory: WRITER, base: 'line-generator', stage: 'CANDIDATE',
    })
  ).id;
});
afterEach(() => test.discard());
afterAll(async () => {
  await opened.discard();
  await directories.remove();
});

const stages = async (): Promise<Record<string, string>> => Object.fromEntries((await test.deps.store.modelVersions.list(test.deps.advertiserId, { kinds: ['WRITER'] })).map(({ id, stage }) => [id === liveId ? 'live' : 'candidate', stage]));
const whoWrites = (): Promise<string> => test.deps.writers.use(null, ({ modelVersionId }) => Promise.resolve(modelVersionId));
const trial = (verdict: string): WriterTrial => ({
  experiment: { id: 'trial', arms: [{ name: 'old', writerVersionId: liveId }, { name: 'new', writerVersionId: candidateId }] },
  comparisons: [{ arm: 'new', against: 'old', metric: 'CTR', verdict }],
});
const promote = async (given: { trial?: WriterTrial; override?: boolean; validateOnly?: boolean }) => {
  const [version] = await test.deps.store.modelVersions.byIds(test.deps.advertiserId, [candidateId]);
  return promoteWriter(test.deps, { version: version!, reason: 'Its copy is clicked more.', trial: null, override: false, validateOnly: false, ...given });
};

describe('a tuned writer goes live', () => {
  it('where people clicked its copy more, without a restart, and the audit trail says by which experiment', async () => {
    expect(await whoWrites()).toBe(liveId);
    await promote({ trial: trial('BETTER') });
    expect(await stages()).toEqual({ candidate: 'LIVE', live: 'RETIRED' });
    expect(await whoWrites()).toBe(candidateId);
    const { edges } = await test.deps.store.audit.page(test.deps.advertiserId, {}, { first: 1 });
    expect(edges[0]!.node).toMatchObject({ action: 'promoteModel', entityId: candidateId, details: { experimentId: 'trial', override: false, replaced: liveId } });
  });

  it('where somebody answers for it, and the audit trail says so', async () => {
    await promoteModel(test.deps, { modelVersionId: candidateId, stage: 'LIVE', reason: 'The old one is broken.', override: true });
    expect(await whoWrites()).toBe(candidateId);
    const { edges } = await test.deps.store.audit.page(test.deps.advertiserId, {}, { first: 1 });
    expect(edges[0]!.node.details).toMatchObject({ override: true, reason: 'The old one is broken.', experimentId: null });
  });

  it('and back the same way', async () => {
    await promote({ trial: trial('BETTER') });
    await promoteModel(test.deps, { modelVersionId: liveId, stage: 'LIVE', reason: 'Too bold.', override: true, expectedLiveId: candidateId });
    expect(await stages()).toEqual({ candidate: 'RETIRED', live: 'LIVE' });
    expect(await whoWrites()).toBe(liveId);
  });
});

describe('a tuned writer stays a candidate', () => {
  afterEach(async () => {
    expect(await stages()).toEqual({ candidate: 'CANDIDATE', live: 'LIVE' });
    expect(await whoWrites()).toBe(liveId);
  });

  it('without an experiment', async () => {
    await expect(promoteModel(test.deps, { modelVersionId: candidateId, stage: 'LIVE', reason: 'I like it.' })).rejects.toMatchObject({
      code: 'CONFLICT', message: 'No experiment says how the copy of tuned does beside that of the live writer line-generator.',
    });
  });

  it('by an experiment that has decided nothing yet, or that is not there', async () => {
    const experiment = anExperiment(test.deps.advertiserId, { arms: [['old', liveId], ['new', candidateId]].map(([name, writerVersionId]) => ({ name: name!, weight: 1, policy: 'THOMPSON', classifierVersionId: null, writerVersionId: writerVersionId! })) });
    await test.deps.store.experiments.insertUnlessOverlapping(experiment);
    const asked = { modelVersionId: candidateId, stage: 'LIVE' as const, reason: 'Its copy is clicked more.' };
    await expect(promoteModel(test.deps, { ...asked, experimentId: experiment.id })).rejects.toMatchObject({ code: 'CONFLICT', message: "The candidate's clicks per impression must be BETTER than the live writer's; they are UNDECIDED." });
    await expect(promoteModel(test.deps, { ...asked, experimentId: candidateId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('while its experiment is undecided', async () => {
    await expect(promote({ trial: trial('UNDECIDED') })).rejects.toMatchObject({ code: 'CONFLICT', message: "The candidate's clicks per impression must be BETTER than the live writer's; they are UNDECIDED." });
  });

  it('on a dry run', async () => {
    expect(await promote({ trial: trial('BETTER'), validateOnly: true })).toBeNull();
  });

  it('where it is to be a shadow', async () => {
    await expect(promoteModel(test.deps, { modelVersionId: candidateId, stage: 'SHADOW', reason: 'To see.' })).rejects.toMatchObject({ code: 'CONFLICT', field: 'stage' });
  });

  it('where its caller saw another live', async () => {
    await expect(promoteModel(test.deps, { modelVersionId: candidateId, stage: 'LIVE', reason: 'Now.', override: true, expectedLiveId: candidateId })).rejects.toMatchObject({ code: 'STALE_VERSION' });
  });
});
