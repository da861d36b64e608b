import { aRunningCampaign } from '../support/running-campaign';
import { makeCampaign, makeCreatives, makePerson, unique } from '../support/scenes';
import { openTestApp, START, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
  for (let i = 0; i < 50; i++) {
    const campaignId = await makeCampaign(t);
    await makeCreatives(t, campaignId, ['First headline', 'Second headline']);
    await t.send('query ($c: ID!) { rankCreatives(campaignId: $c) { id } }', { c: campaignId });
  }
  await t.app.deps.predictions.flush();
}, 180_000);
afterAll(() => t.close());

const QUERY = `query ($first: Int!) {
  campaigns(first: $first) {
    totalCount
    nodes {
      name
      creatives(first: 10) {
        totalCount
        nodes { headline campaign { name } latestPrediction { pClick profile { id } modelVersion { name } creative { headline } } }
      }
      generationJobs(first: 2) { id }
    }
  }
}`;

async function statementsFor(first: number): Promise<{ statements: number; predictions: number }> {
  const before = t.app.deps.store.statementCount();
  const { data, errors } = await t.send(QUERY, { first });
  expect(errors).toBeUndefined();
  const campaigns = (data as unknown as { campaigns: { nodes: { creatives: { nodes: { latestPrediction: object | null }[] } }[] } }).campaigns;
  expect(campaigns.nodes).toHaveLength(first);
  const predictions = campaigns.nodes.flatMap((node) => node.creatives.nodes).filter((node) => node.latestPrediction !== null);
  return { statements: t.app.deps.store.statementCount() - before, predictions: predictions.length };
}

test('campaigns with creatives and latest predictions cost the same statements for 5 as for 50', async () => {
  await statementsFor(1);
  const few = await statementsFor(5);
  const many = await statementsFor(50);
  expect(few.predictions).toBe(10);
  expect(many.predictions).toBe(100);
  expect(many.statements).toBe(few.statements);
  expect(many.statements).toBeLessThanOrEqual(8);
});

test('a decision costs the same few statements among 3 candidates as among 100', async () => {
  const decide = async (campaignId: string, profileId: string): Promise<number> => {
    const before = t.app.deps.store.statementCount();
    const { data, errors } = await t.send('mutation ($input: DecideInput!) { decide(input: $input) { decisions { propensity tokens { click } } } }', {
      input: { campaigns: [campaignId], profileId, placements: [{ name: 'home', count: 3 }], idempotencyKey: unique('key') },
    });
    expect(errors).toBeUndefined();
    expect((data as unknown as { decide: { decisions: object[] } }).decide.decisions).toHaveLength(3);
    return t.app.deps.store.statementCount() - before;
  };
  const of = async (candidates: number): Promise<number> => {
    const { campaign } = await aRunningCampaign(t.app.deps, { flight: { startsAt: START, endsAt: null } }, Array.from({ length: candidates }, (_, i) => `Headline ${i}`));
    const { id } = await makePerson(t, ['mountain boots']);
    const campaignId = toGlobal('Campaign', campaign.id);
    // The first of a day also makes rows for the day; what is counted behind an answer may fall into the next.
    const counts: number[] = [];
    for (let i = 0; i < 4; i++) counts.push(await decide(campaignId, id));
    return Math.min(...counts);
  };
  const few = await of(3);
  expect(await of(100)).toBe(few);
  expect(few).toBeLessThanOrEqual(13);
});

const toGlobal = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64url');
