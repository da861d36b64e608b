import { print } from 'graphql';
import { OutcomeRecordedDocument, RecordOutcomesDocument, type OutcomeInput } from '../generated/operations';
import { makeCampaign, makeCreatives, makePerson, unique } from '../support/scenes';
import { openTestApp, take, type TestApp } from '../support/test-app';

let t: TestApp;
let campaignId: string;
let creativeId: string;
beforeAll(async () => {
  t = await openTestApp();
  campaignId = await makeCampaign(t);
  [creativeId] = (await makeCreatives(t, campaignId, ['Follow the ridge'])) as [string];
});
afterAll(() => t.close());

async function record(...outcomes: Partial<OutcomeInput>[]) {
  const filled = outcomes.map((outcome) => ({ outcomeId: unique('outcome'), creativeId, kind: 'IMPRESSION' as const, ...outcome }));
  return (await t.run(RecordOutcomesDocument, { input: { outcomes: filled } })).recordOutcomes;
}

describe('recordOutcomes', () => {
  test('counts each outcome once, however often it is sent', async () => {
    const outcomeId = unique('once');
    await record({ outcomeId, kind: 'CLICK', count: 3 });
    const again = await record({ outcomeId, kind: 'CLICK', count: 3 });
    expect(again).toMatchObject({ recorded: 0, replayed: 1 });
    const { creatives } = await record({ kind: 'IMPRESSION', count: 10 }, { kind: 'CONVERSION', value: { micros: '25000000', currency: 'EUR' } });
    expect(creatives[0]).toMatchObject({
      counts: { impressions: 10, clicks: 3, conversions: 1, clickRate: 0.3 },
      value: { micros: '25000000', currency: 'EUR' },
    });
  });

  test('ties an outcome to a person only where they agreed to measurement', async () => {
    const person = await makePerson(t, []);
    type Event = { outcomeRecorded: { outcome: { id: string } } };
    const [event] = await take<Event>(t, print(OutcomeRecordedDocument), { campaignId }, 1, () => record({ profileExternalId: person.externalId }));
    const read = await t.send('query ($id: ID!) { node(id: $id) { ... on Outcome { profile { externalId } } } }', { id: event!.outcomeRecorded.outcome.id });
    expect(read.data).toEqual({ node: { profile: { externalId: person.externalId } } });
  });

  test('names the entry that is wrong', async () => {
    const result = await record({}, { count: 0 }, { value: { micros: '-1', currency: 'EUR' } }, { value: { micros: '1', currency: 'USD' } });
    expect(result.userErrors.map((error) => error.field)).toEqual(['outcomes.1.count', 'outcomes.2.value.micros', 'outcomes.3.value.currency']);
    expect(result.recorded).toBe(0);
  });
});
