import { getOperationAST, parse } from 'graphql';
import { exampleOperations } from '../../src/http/query-page';
import { CreateExperimentDocument, ModelVersionsDocument } from '../generated/operations';
import { toGlobalId } from '../../src/graphql/relay/global-id';
import { aTrainingRun } from '../support/entities';
import { activate, makeCampaign, makeCreatives, makePerson } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
const ids: Record<string, string> = {};
beforeAll(async () => {
  t = await openTestApp();
  ids.campaign = await makeCampaign(t);
  [ids.creative] = (await makeCreatives(t, ids.campaign, ['Follow the ridge'])) as [string];
  await activate(t, ids.campaign);
  ids.profile = (await makePerson(t, ['mountain boots'])).id;
  const run = aTrainingRun(t.app.deps.advertiserId, { vertical: 'MEDIA' });
  await t.app.deps.store.trainingRuns.insertAlone(run);
  ids.run = toGlobalId('TrainingRun', run.id);
  ids.modelVersion = (await t.run(ModelVersionsDocument, {})).modelVersions[0]!.id;
  const { data } = await t.send('mutation ($c: ID!) { generateCreatives(input: { campaignId: $c, count: 1 }) { job { id } } }', { c: ids.campaign });
  ids.job = (data as unknown as { generateCreatives: { job: { id: string } } }).generateCreatives.job.id;
  const decided = await t.send('mutation ($p: ID!, $c: ID!) { decide(input: { profileId: $p, campaigns: [$c], placements: [{ name: "home" }], idempotencyKey: "first" }) { decisions { id } } }', { p: ids.profile, c: ids.campaign });
  ids.decision = (decided.data as unknown as { decide: { decisions: { id: string }[] } }).decide.decisions[0]!.id;
  const experiment = await t.run(CreateExperimentDocument, { input: { name: 'An example', placement: 'elsewhere', arms: [{ name: 'a' }, { name: 'b' }] } });
  ids.experiment = experiment.createExperiment.experiment!.id;
});
afterAll(() => t.close());

const examples = exampleOperations();
const kindOf = (query: string): string => getOperationAST(parse(query))!.operation;

describe('the examples of schema/operations run as they stand', () => {
  test.each(examples.filter((each) => kindOf(each.query) !== 'subscription').map((each) => [each.name, each] as const))('%s', async (_name, { query, variables }) => {
    const filled = variables.replace(/<(\w+)>/g, (_whole, name: string) => ids[name] ?? `no ${name}`);
    const { errors, data } = await t.send(query, filled === '' ? undefined : (JSON.parse(filled) as Record<string, unknown>));
    expect(errors).toBeUndefined();
    for (const payload of Object.values(data) as { userErrors?: { code: string }[] }[]) {
      // Versions in the examples are those of fresh demo data, here some are further on.
      for (const error of payload?.userErrors ?? []) expect(['STALE_VERSION', 'CONFLICT']).toContain(error.code);
    }
  });

  test.each(examples.filter((each) => kindOf(each.query) === 'subscription').map((each) => [each.name, each] as const))('%s', async (_name, { query }) => {
    const client = t.socket();
    const stop = await new Promise<() => void>((resolve, reject) => {
      const end = client.subscribe({ query }, { next: () => undefined, error: reject, complete: () => undefined });
      void (async () => {
        while (t.app.deps.bus.waiting() === 0) await new Promise((next) => setTimeout(next, 10));
        resolve(end);
      })();
    });
    stop();
    await client.dispose();
    while (t.app.deps.bus.waiting() > 0) await new Promise((next) => setTimeout(next, 10));
  });
});
