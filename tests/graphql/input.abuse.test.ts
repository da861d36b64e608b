import { CreateCampaignDocument, type CreateCampaignInput } from '../generated/operations';
import { makeCampaign } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

const money = (micros: string, currency = 'EUR') => ({ micros, currency });

async function mistakes(stated: Partial<CreateCampaignInput>): Promise<string[]> {
  const { createCampaign } = await t.run(CreateCampaignDocument, { input: { name: 'Spring', product: { name: 'Alba' }, ...stated } });
  return createCampaign.userErrors.map(({ code, field, message, hint }) => `${code} ${field}: ${message}${hint ? ` | ${hint}` : ''}`);
}

test('every mistake in a campaign is named with its field and how to mend it', async () => {
  const wrong: Record<string, Partial<CreateCampaignInput>> = {
    'negative money': { budget: { total: money('-1') } },
    'unknown currency': { currency: 'ABC' },
    'money of another currency': { product: { name: 'Alba', price: money('1', 'USD') } },
    'end before start': { flight: { startsAt: '2026-05-02T00:00:00Z', endsAt: '2026-05-01T00:00:00Z' } },
    'end at start': { flight: { startsAt: '2026-05-02T00:00:00Z', endsAt: '2026-05-02T00:00:00Z' } },
    'control character': { name: 'Spring\u0000sale' },
    'direction override': { name: 'Spring\u202Esale' },
    'half a surrogate': { name: 'Spring \ud83d' },
    'over-long text': { name: 'x'.repeat(201) },
    blank: { name: '   ' },
    'over-long list': { product: { name: 'Alba', features: Array.from({ length: 31 }, (_, i) => `feature ${i}`) } },
    'script address': { product: { name: 'Alba', url: 'javascript:alert(1)' } },
    'no objective': { objectives: { clickWeight: 0 } },
    'weight not a number': { objectives: { clickWeight: -1 } },
    'daily over total': { budget: { total: money('10'), daily: money('11') } },
    'impossible cap': { frequencyCap: { impressions: 0, perHours: 0 } },
    'null for what must be': { pacing: null },
    'far future': { flight: { startsAt: '9999-01-01T00:00:00Z' } },
    'several at once': { name: '', currency: 'ABC', frequencyCap: { impressions: 0, perHours: 1 } },
  };
  const told: Record<string, string[]> = {};
  for (const [name, stated] of Object.entries(wrong)) told[name] = await mistakes(stated);
  expect(told).toMatchSnapshot();
});

describe('what GraphQL itself refuses', () => {
  test.each([
    ['money that is no whole number', { budget: { total: money('12.5') } }, 'BigInt must be a whole number'],
    ['money beyond 64 bits', { budget: { total: money('99999999999999999999') } }, 'BigInt must be a whole number'],
    ['a time that is none', { flight: { startsAt: 'yesterday' } }, 'date-time'],
    ['an enum value that is none', { vertical: 'CRIME' }, 'CRIME'],
    ['a field that is none', { colour: 'red' }, 'colour'],
  ])('%s', async (_name, stated, message) => {
    const { status, errors } = await t.send('mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { campaign { id } } }', {
      input: { name: 'Spring', product: { name: 'Alba' }, ...stated },
    });
    expect(status).toBe(200);
    expect(errors![0]).toMatchObject({ message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } });
  });
});

test('a batch beyond a thousand is refused as a whole, with a code', async () => {
  const events = Array.from({ length: 1_001 }, (_, i) => ({ eventId: `e${i}`, profileExternalId: 'p', kind: 'VIEW', itemText: 'x' }));
  const { data } = await t.send('mutation ($input: RecordEventsInput!) { recordEvents(input: $input) { recorded userErrors { code field message } } }', { input: { events } });
  expect(data.recordEvents).toMatchObject({ recorded: 0, userErrors: [{ code: 'TOO_LARGE', field: 'events' }] });
});

test('a hundred thousand events are refused before they are read', async () => {
  const events = Array.from({ length: 100_000 }, (_, i) => ({ eventId: `e${i}`, profileExternalId: 'p', kind: 'VIEW', itemText: 'x' }));
  const { status, errors } = await t.send('mutation ($input: RecordEventsInput!) { recordEvents(input: $input) { recorded } }', { input: { events } });
  expect(status).toBe(413);
  expect(errors).toMatchObject([{ extensions: { code: 'TOO_LARGE' } }]);
});

test('a cursor that is none of ours is refused by name', async () => {
  await makeCampaign(t);
  const { errors } = await t.send('{ campaigns(after: "bogus") { nodes { id } } }');
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'after' } }]);
  for (const first of [0, -1, 101]) {
    expect((await t.send(`{ campaigns(first: ${first}) { nodes { id } } }`)).errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'first' } }]);
  }
});

describe('what no stored text or time can be is refused by its field, not by the database', () => {
  test.each([
    ['{ campaigns(filter: { search: "a\\u0000b" }) { totalCount } }', 'filter.search'],
    ['{ campaigns(filter: { inFlightAt: "0000-01-01T00:00:00Z" }) { nodes { id } } }', 'filter.inFlightAt'],
    ['{ creatives(filter: { search: "a\\u0000b" }) { nodes { id } } }', 'filter.search'],
    ['{ profiles(filter: { segmentsAnyOf: ["a", "\\u0000"] }) { nodes { id } } }', 'filter.segmentsAnyOf.1'],
    ['{ profile(externalId: "a\\u0000b") { id } }', 'externalId'],
    ['{ campaign(externalId: "a\\u0000b") { id } }', 'externalId'],
    ['{ rankCreatives(campaignExternalId: "\\u0000") { id } }', 'campaignExternalId'],
    ['{ rankCreatives(campaignExternalId: "x", profileExternalId: "\\u0000") { id } }', 'profileExternalId'],
    ['{ predictions(filter: { since: "0000-01-01T00:00:00Z" }) { nodes { id } } }', 'filter.since'],
  ])('%s', async (query, field) => {
    if (field === 'profileExternalId') await makeCampaign(t, { externalId: 'x' });
    const { errors } = await t.send(query);
    expect(errors).toMatchObject([{ message: expect.not.stringMatching(/stored|invalid|encoding/), extensions: { code: 'BAD_INPUT', field } }]);
  });
});

test('what is not there is told in the words of the caller: never by an id that they did not send', async () => {
  const id = Buffer.from('Campaign:01890000-0000-7000-8000-000000000000').toString('base64url');
  const messages = async (query: string) => (await t.send(query)).errors?.map(({ message }) => message);
  expect(await messages(`{ rankCreatives(campaignId: "${id}") { id } }`)).toEqual(['There is no campaign with this id.']);
  expect(await messages('{ rankCreatives(campaignExternalId: "nobody") { id } }')).toEqual(['There is no campaign with the externalId "nobody".']);
});
