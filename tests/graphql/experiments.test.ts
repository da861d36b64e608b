import {
  CreateExperimentDocument, EndExperimentDocument, ExperimentsDocument, NodeDocument, type CreateExperimentInput,
} from '../generated/operations';
import { makeCampaign, unique } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
let campaignId: string;
beforeAll(async () => {
  t = await openTestApp();
  campaignId = await makeCampaign(t);
});
afterAll(() => t.close());

const arms = [{ name: 'control', policy: 'UNIFORM' as const }, { name: 'learning', weight: 3 }];
async function create(stated: Partial<CreateExperimentInput> = {}) {
  return (await t.run(CreateExperimentDocument, { input: { name: 'Does it help?', placement: unique('placement'), arms, ...stated } })).createExperiment;
}
const soon = (hours: number): string => new Date(t.clock.now().getTime() + hours * 3_600_000).toISOString();

describe('an experiment', () => {
  test('runs at once unless told otherwise, and is read back by its id', async () => {
    const { experiment, userErrors } = await create({ campaignIds: [campaignId], holdout: 0.1 });
    expect(userErrors).toEqual([]);
    expect(experiment).toMatchObject({
      status: 'RUNNING', version: 1, holdout: 0.1, startsAt: t.clock.now().toISOString(), endsAt: null, campaigns: [{ id: campaignId }],
      arms: [{ name: 'control', weight: 1, policy: 'UNIFORM' }, { name: 'learning', weight: 3, policy: 'THOMPSON', classifierVersion: null, writerVersion: null }],
    });
    expect((await t.run(NodeDocument, { id: experiment!.id })).node).toMatchObject({ __typename: 'Experiment', id: experiment!.id });
  });

  test('is made once for one idempotency key, and not by a dry run', async () => {
    const placement = unique('placement');
    expect(await create({ placement, validateOnly: true })).toMatchObject({ experiment: null, userErrors: [] });
    const first = await create({ placement, idempotencyKey: 'e1' });
    const again = await create({ placement, idempotencyKey: 'e1' });
    expect(again.experiment!.id).toBe(first.experiment!.id);
  });

  test('is what a retry by its key is answered with, though its start has passed meanwhile', async () => {
    const stated = { placement: unique('placement'), startsAt: soon(1), endsAt: soon(3), idempotencyKey: 'late' };
    const first = await create(stated);
    t.clock.advance(2 * 3_600_000);
    expect(await create(stated)).toMatchObject({ experiment: { id: first.experiment!.id }, userErrors: [] });
    expect(await create({ ...stated, validateOnly: true })).toMatchObject({ experiment: null, userErrors: [] });
    expect((await create({ ...stated, endsAt: soon(5) })).userErrors).toMatchObject([{ code: 'CONFLICT', field: 'idempotencyKey' }]);
  });

  test('is refused on a dry run for all that would refuse it, and a dry run uses up no key', async () => {
    const placement = unique('placement');
    expect(await create({ placement, idempotencyKey: 'dry', validateOnly: true })).toMatchObject({ experiment: null, userErrors: [] });
    await create({ placement, idempotencyKey: 'dry' });
    expect((await create({ placement, validateOnly: true })).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    expect((await create({ idempotencyKey: 'dry', validateOnly: true })).userErrors).toMatchObject([{ code: 'CONFLICT', field: 'idempotencyKey' }]);
    expect((await create({ idempotencyKey: 'x'.repeat(201), validateOnly: true })).userErrors).toMatchObject([{ code: 'BAD_INPUT', field: 'idempotencyKey' }]);
  });

  test('gives way to the one that already runs for the same placement and campaign', async () => {
    const placement = unique('placement');
    const { experiment } = await create({ placement });
    expect((await create({ placement, campaignIds: [campaignId] })).userErrors).toMatchObject([{ code: 'CONFLICT', message: expect.stringContaining('Does it help?') }]);
    await t.run(EndExperimentDocument, { input: { id: experiment!.id, expectedVersion: 1 } });
    expect((await create({ placement, campaignIds: [campaignId] })).userErrors).toEqual([]);
  });

  test('ends once, at the moment it is told to, and a repeat is no error', async () => {
    const { experiment } = await create();
    const end = async (expectedVersion: number) => (await t.run(EndExperimentDocument, { input: { id: experiment!.id, expectedVersion } })).endExperiment;
    expect((await end(5)).userErrors).toMatchObject([{ code: 'STALE_VERSION', field: 'expectedVersion' }]);
    expect((await end(1)).experiment).toMatchObject({ status: 'ENDED', version: 2, endsAt: t.clock.now().toISOString() });
    expect((await end(1)).experiment).toMatchObject({ status: 'ENDED', version: 2 });
  });

  test('is over when its time is, without anybody saying so', async () => {
    const { experiment } = await create({ endsAt: soon(2) });
    const running = async () => (await t.run(ExperimentsDocument, { filter: { statuses: ['RUNNING'] } })).experiments.nodes.some(({ id }) => id === experiment!.id);
    expect(await running()).toBe(true);
    t.clock.advance(2 * 3_600_000);
    expect(await running()).toBe(false);
  });

  test('tells every mistake at once, of every field', async () => {
    const { userErrors } = await create({
      name: '', campaignIds: [Buffer.from('Campaign:01890000-0000-7000-8000-000000000000').toString('base64url')], holdout: 0.95, startsAt: soon(-1), endsAt: soon(-2),
      arms: [{ name: 'holdout' }, { name: 'twice', weight: 0 }, { name: 'twice', classifierVersionId: Buffer.from('ModelVersion:01890000-0000-7000-8000-000000000000').toString('base64url') }],
    });
    expect(userErrors.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'name BAD_INPUT', 'holdout BAD_INPUT', 'startsAt BAD_INPUT', 'endsAt BAD_INPUT', 'arms.0.name BAD_INPUT', 'arms.1.weight BAD_INPUT', 'arms.2.name BAD_INPUT',
      'campaignIds.0 NOT_FOUND', 'arms.2.classifierVersionId NOT_FOUND',
    ]);
    expect((await create({ arms: [{ name: 'alone' }] })).userErrors).toMatchObject([{ field: 'arms' }]);
    expect((await create({ arms: [{ name: 'alone' }], holdout: 0.5 })).userErrors).toEqual([]);
    const writer = await t.send('{ modelVersions(filter: { kinds: [WRITER] }) { id } }');
    const id = (writer.data as unknown as { modelVersions: { id: string }[] }).modelVersions[0]!.id;
    expect((await create({ arms: [{ name: 'a' }, { name: 'b', classifierVersionId: id }] })).userErrors).toMatchObject([{ field: 'arms.1.classifierVersionId', code: 'BAD_INPUT' }]);
  });
});
