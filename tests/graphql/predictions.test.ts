import { PredictionMadeDocument, PredictionsDocument, RankCreativesDocument } from '../generated/operations';
import { print } from 'graphql';
import { look, makeCampaign, makeCreatives, makePerson } from '../support/scenes';
import { openTestApp, take, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

const HEADLINES = ['Mountain trails call', 'Sharper kitchen knives', 'Garden shed dreams'];

async function rank(campaignId: string, profileId: string | null, first = 5) {
  return (await t.run(RankCreativesDocument, { campaignId, profileId, first })).rankCreatives;
}

describe('rankCreatives', () => {
  test('puts first what the person is into, and says so', async () => {
    const campaignId = await makeCampaign(t);
    await makeCreatives(t, campaignId, HEADLINES);
    const hiker = await makePerson(t, ['mountain boots', 'trails of Wales']);
    const cook = await makePerson(t, ['kitchen knives']);
    const [forHiker, forCook] = [await rank(campaignId, hiker.id), await rank(campaignId, cook.id)];
    expect(forHiker.predictions[0]!.creative.headline).toBe('Mountain trails call');
    expect(forCook.predictions[0]!.creative.headline).toBe('Sharper kitchen knives');
    expect(forCook.predictions[0]!.explanation!.summary).toContain('"kitchen knives"');
    expect(forHiker).toMatchObject({ personalised: true, candidates: 3 });
    expect(forHiker.predictions.map((prediction) => prediction.rank)).toEqual([1, 2, 3]);
  });

  test('reads a new event at the next call', async () => {
    const campaignId = await makeCampaign(t);
    await makeCreatives(t, campaignId, HEADLINES);
    const person = await makePerson(t, ['mountain boots']);
    expect((await rank(campaignId, person.id)).predictions[0]!.creative.headline).toBe('Mountain trails call');
    await look(t, person.externalId, ['garden shed plans', 'shed roof garden dreams']);
    expect((await rank(campaignId, person.id)).predictions[0]!.creative.headline).toBe('Garden shed dreams');
  });

  test('gives the model nothing of a person who has not agreed', async () => {
    const campaignId = await makeCampaign(t);
    await makeCreatives(t, campaignId, HEADLINES);
    const person = await makePerson(t, ['mountain boots'], { consent: false });
    const ranking = await rank(campaignId, person.id);
    expect(t.scorer.calls.at(-1)!.prefix).toBe('');
    expect(ranking.personalised).toBe(false);
    expect(JSON.stringify(ranking)).not.toContain('mountain boots');
  });

  test('keeps what barred attributes give away out of a regulated score', async () => {
    const campaignId = await makeCampaign(t, { vertical: 'FINANCE' });
    await makeCreatives(t, campaignId, ['Save a little each month']);
    const person = await makePerson(t, ['maternity wear', 'index funds guide']);
    await rank(campaignId, person.id);
    expect(t.scorer.calls.at(-1)!.prefix).toBe('index funds guide');
  });

  test('weighs clicks by what the campaign says they are worth', async () => {
    const campaignId = await makeCampaign(t, { objectives: { clickWeight: 2, clickValue: { micros: '500000', currency: 'EUR' } } });
    await makeCreatives(t, campaignId, HEADLINES);
    const [best] = (await rank(campaignId, null)).predictions;
    expect(Number(best!.expectedValue.micros)).toBe(Math.round(2 * best!.pClick * 500_000));
    expect(best!.expectedValue.currency).toBe('EUR');
  });

  test('ranks approved creatives alone, and answers with none when there are none', async () => {
    const campaignId = await makeCampaign(t);
    expect(await rank(campaignId, null)).toMatchObject({ candidates: 0, predictions: [] });
  });

  test('keeps what it answered, to be read as predictions', async () => {
    const campaignId = await makeCampaign(t);
    await makeCreatives(t, campaignId, HEADLINES);
    const person = await makePerson(t, ['mountain boots']);
    const ranking = await rank(campaignId, person.id, 2);
    const { predictions } = await t.run(PredictionsDocument, { filter: { campaignId, profileId: person.id } });
    expect(predictions.nodes).toHaveLength(2);
    expect(predictions.nodes.map((node) => node.pClick).toSorted()).toEqual(ranking.predictions.map((each) => each.pClick).toSorted());
    expect(predictions.nodes[0]!.profile).toMatchObject({ externalId: person.externalId });
  });

  test('tells subscribers of each prediction once it is kept, and replays from a cursor', async () => {
    const campaignId = await makeCampaign(t);
    await makeCreatives(t, campaignId, HEADLINES);
    type Event = { predictionMade: { cursor: string; prediction: { id: string; rank: number } } };
    const live = await take<Event>(t, print(PredictionMadeDocument), { campaignId }, 3, () => rank(campaignId, null));
    expect(live.map((event) => event.predictionMade.prediction.rank).toSorted()).toEqual([1, 2, 3]);
    const replayed = await take<Event>(t, print(PredictionMadeDocument), { campaignId, after: live[0]!.predictionMade.cursor }, 2);
    expect(replayed).toEqual(live.slice(1));
  });

  test('refuses an unknown campaign, a foreign id and a page that is too long, each with its field', async () => {
    const campaignId = await makeCampaign(t);
    const person = await makePerson(t, []);
    const query = 'query ($c: ID!, $p: ID, $n: Int! = 5) { rankCreatives(campaignId: $c, profileId: $p, first: $n) { id } }';
    const gone = Buffer.from('Campaign:01890000-0000-7000-8000-000000000000').toString('base64url');
    expect((await t.send(query, { c: gone })).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect((await t.send(query, { c: person.id })).errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'campaignId' } }]);
    expect((await t.send(query, { c: campaignId, n: 101 })).errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'first' } }]);
  });
});

test('without a model rankings are refused with a code and a hint, and the rest works', async () => {
  const bare = await openTestApp({ config: { ctrModel: null, writerModel: null }, overrides: { scorer: undefined, generator: undefined } });
  const campaignId = await makeCampaign(bare);
  await makeCreatives(bare, campaignId, HEADLINES);
  const { errors } = await bare.send('query ($c: ID!) { rankCreatives(campaignId: $c) { id } }', { c: campaignId });
  expect(errors).toMatchObject([{ extensions: { code: 'MODEL_UNAVAILABLE', hint: expect.stringContaining('ADLOOM_CTR_MODEL') } }]);
  const generation = await bare.send('mutation ($c: ID!) { generateCreatives(input: { campaignId: $c, count: 2 }) { job { id } } }', { c: campaignId });
  expect(generation.errors).toMatchObject([{ extensions: { code: 'MODEL_UNAVAILABLE' } }]);
  await bare.close();
});
