import { DecideDocument, EraseProfileDocument, ProfileDocument, RecordEventsDocument, RecordOutcomesByTokenDocument, UpsertProfileDocument } from '../generated/operations';
import { fromGlobalId } from '../../src/graphql/relay/global-id';
import { activate, look, makeCampaign, makeCreatives, makePerson, unique } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

test('people are found by an interest however it is spelt', async () => {
  const name = unique('Trail Shoes');
  await t.run(RecordEventsDocument, { input: { events: [{ eventId: unique('event'), profileExternalId: unique('person'), kind: 'VIEW', itemText: 'x', category: name }] } });
  const { data } = await t.send('query ($of: [String!]) { profiles(filter: { interestsAnyOf: $of }) { totalCount nodes { id } } }', { of: [` ${name.toUpperCase()}`] });
  expect(data.profiles).toMatchObject({ totalCount: 1, nodes: [{}] });
});

describe('recordEvents', () => {
  test('derives interests, recent items and the text the models read', async () => {
    const person = await makePerson(t, ['trail shoes', 'head torch']);
    const { profile } = await t.run(ProfileDocument, { externalId: person.externalId });
    expect(profile!.interests.map((interest) => interest.name)).toEqual(expect.arrayContaining(['trail shoes', 'head torch']));
    expect(profile!.recentItems.map((item) => item.text)).toEqual(expect.arrayContaining(['trail shoes', 'head torch']));
    expect(profile!.profileText.split(' | ').toSorted()).toEqual(['head torch', 'trail shoes']);
  });

  test('ignores a repeated event id, in a later batch', async () => {
    const person = await makePerson(t, []);
    const events = [{ eventId: unique('event'), profileExternalId: person.externalId, kind: 'VIEW' as const, itemText: 'tent' }];
    const first = await t.run(RecordEventsDocument, { input: { events } });
    const again = await t.run(RecordEventsDocument, { input: { events } });
    expect(first.recordEvents).toMatchObject({ recorded: 1, replayed: 0 });
    expect(again.recordEvents).toMatchObject({ recorded: 0, replayed: 1, profiles: [] });
  });

  test('makes a profile for somebody new, who has agreed to nothing', async () => {
    const externalId = unique('stranger');
    await look(t, externalId, ['tent']);
    const { data } = await t.send('query ($e: String!) { profile(externalId: $e) { consent { personalisation training measurement } profileText recentItems { text } } }', { e: externalId });
    expect(data.profile).toEqual({
      consent: { personalisation: false, training: false, measurement: false },
      profileText: '',
      recentItems: [{ text: 'tent' }],
    });
  });

  test('loses nothing when batches about one person arrive at once', async () => {
    const person = await makePerson(t, []);
    await Promise.all(Array.from({ length: 6 }, (_, i) => look(t, person.externalId, [`item number ${'abcdef'[i]}`])));
    const { profile } = await t.run(ProfileDocument, { externalId: person.externalId });
    expect(profile!.recentItems).toHaveLength(6);
  });

  test('takes a thousand events at once', async () => {
    const events = Array.from({ length: 1_000 }, (_, i) => ({
      eventId: unique('bulk'), profileExternalId: `bulk-${i % 50}`, kind: 'VIEW' as const, itemText: `thing ${i}`, category: `category ${i % 7}`,
    }));
    const { recordEvents } = await t.run(RecordEventsDocument, { input: { events } });
    expect(recordEvents).toMatchObject({ recorded: 1_000, replayed: 0 });
    expect(recordEvents.profiles).toHaveLength(50);
  });

  test('keeps nothing of a batch that holds a mistake', async () => {
    const externalId = unique('whole');
    const event = { profileExternalId: externalId, kind: 'VIEW' as const, itemText: 'tent' };
    const { recordEvents } = await t.run(RecordEventsDocument, {
      input: { events: [{ ...event, eventId: unique('event') }, { ...event, eventId: unique('event'), itemText: 'te\u0007nt' }] },
    });
    expect(recordEvents.userErrors).toMatchObject([{ code: 'BAD_INPUT', field: 'events.1.itemText', message: expect.stringContaining('U+0007') }]);
    expect((await t.run(ProfileDocument, { externalId })).profile).toBeNull();
  });
});

describe('upsertProfile', () => {
  test('makes a person whole at version 1, and every change after it is one more', async () => {
    const externalId = unique('newcomer');
    const upsert = async (input: object) => (await t.run(UpsertProfileDocument, { input: { externalId, ...input } })).upsertProfile;
    const consent = { personalisation: true, training: false, measurement: true };
    const made = await upsert({ consent, attributes: [{ name: 'country', value: 'NZ' }] });
    expect(made).toMatchObject({ profile: { version: 1 }, userErrors: [] });
    const { data } = await t.send('query ($e: String!) { profile(externalId: $e) { version consent { personalisation training measurement } attributes { name value } } }', { e: externalId });
    expect(data.profile).toEqual({ version: 1, consent, attributes: [{ name: 'country', value: 'NZ' }] });
    expect(await upsert({ consent: { training: true }, expectedVersion: 1 })).toMatchObject({ profile: { version: 2 }, userErrors: [] });
  });

  test('makes nobody where a version of somebody is expected', async () => {
    const externalId = unique('nobody');
    const { upsertProfile } = await t.run(UpsertProfileDocument, { input: { externalId, expectedVersion: 1 } });
    expect(upsertProfile).toMatchObject({ profile: null, userErrors: [{ code: 'NOT_FOUND', field: 'externalId' }] });
    expect((await t.run(ProfileDocument, { externalId })).profile).toBeNull();
  });

  test('tells on a dry run too that the version is stale, and makes nobody', async () => {
    const { externalId } = await makePerson(t, []);
    const dry = async (input: object) => (await t.run(UpsertProfileDocument, { input: { externalId, validateOnly: true, ...input } })).upsertProfile;
    expect(await dry({ expectedVersion: 99 })).toMatchObject({ profile: null, userErrors: [{ code: 'STALE_VERSION' }] });
    expect(await dry({ externalId: 'nobody yet' })).toMatchObject({ profile: null, userErrors: [] });
    expect((await t.run(ProfileDocument, { externalId: 'nobody yet' })).profile).toBeNull();
  });

  test('is safe to repeat, keeps what is not named, and withdraws the text with the consent', async () => {
    const person = await makePerson(t, ['tent']);
    const { upsertProfile } = await t.run(UpsertProfileDocument, { input: { externalId: person.externalId, consent: { personalisation: false } } });
    expect(upsertProfile.profile).toMatchObject({ id: person.id, profileText: '', consent: { personalisation: false, training: true, measurement: true } });
    const given = await t.run(UpsertProfileDocument, { input: { externalId: person.externalId, consent: { personalisation: true } } });
    expect(given.upsertProfile.profile!.profileText).toBe('tent');
  });

  test('interests weigh less as time passes', async () => {
    const person = await makePerson(t, ['tent']);
    const before = (await t.run(ProfileDocument, { externalId: person.externalId })).profile!.interests[0]!.weight;
    t.clock.advance(30 * 86_400_000);
    const after = (await t.run(ProfileDocument, { externalId: person.externalId })).profile!.interests[0]!.weight;
    expect(after).toBeLessThan(before / 2);
  });
});

describe('eraseProfile', () => {
  const erase = async (externalId: string, validateOnly = false) => (await t.run(EraseProfileDocument, { input: { externalId, validateOnly } })).eraseProfile;
  let campaignId: string;
  beforeAll(async () => {
    campaignId = await makeCampaign(t);
    await makeCreatives(t, campaignId, ['Follow the ridge', 'Ropes that hold']);
    await activate(t, campaignId);
  });
  const decideFor = async (profileId: string) =>
    (await t.run(DecideDocument, { input: { profileId, campaigns: [campaignId], placements: [{ name: 'home' }], idempotencyKey: unique('decide') } })).decide.decisions[0]!;
  const decisionNow = async (id: string) =>
    (await t.send('query ($id: ID!) { node(id: $id) { ... on Decision { profile { externalId } segments clickAt } } }', { id })).data.node as unknown as { profile: unknown; segments: string[]; clickAt: string | null };

  test('takes a person out of all that is kept, and what was shown stays counted', async () => {
    const person = await makePerson(t, ['mountain boots', 'ropes']);
    const decision = await decideFor(person.id);
    await t.run(RecordOutcomesByTokenDocument, { decisionId: decision.id });
    expect(await decisionNow(decision.id)).toMatchObject({ profile: { externalId: person.externalId } });

    expect(await erase(person.externalId)).toEqual({ erased: { events: 2, predictions: 0, decisions: 1, outcomes: 2, creatives: 0, models: [] }, userErrors: [] });
    expect((await t.run(ProfileDocument, { externalId: person.externalId })).profile).toBeNull();
    expect(await decisionNow(decision.id)).toMatchObject({ profile: null, segments: [], clickAt: expect.any(String) });
    const [entry] = (await t.app.deps.store.audit.page(t.app.deps.advertiserId, { entityType: 'Profile' }, { first: 1, sort: { field: 'CREATED_AT', direction: 'DESC' } })).edges;
    expect(entry!.node).toMatchObject({ action: 'eraseProfile', details: { events: 2, decisions: 1, outcomes: 2 } });
    expect(JSON.stringify(entry!.node)).not.toContain(person.externalId);
  });

  test('erases once, and says so to who asks again', async () => {
    const person = await makePerson(t, ['tent']);
    const both = await Promise.all([erase(person.externalId), erase(person.externalId)]);
    expect(both.map(({ erased }) => erased?.events).toSorted()).toEqual([1, undefined]);
    expect(both.flatMap(({ userErrors }) => userErrors)).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(await erase('nobody of that name')).toMatchObject({ erased: null, userErrors: [{ code: 'NOT_FOUND' }] });
  });

  test('changes nothing on a dry run', async () => {
    const person = await makePerson(t, ['tent']);
    expect(await erase(person.externalId, true)).toEqual({ erased: null, userErrors: [] });
    expect((await t.run(ProfileDocument, { externalId: person.externalId })).profile!.recentItems).toHaveLength(1);
  });

  test('leaves somebody new to who comes again under the same id: nothing agreed to, nothing known', async () => {
    const person = await makePerson(t, ['tent']);
    await erase(person.externalId);
    await look(t, person.externalId, ['stove']);
    const { data } = await t.send('query ($e: String!) { profile(externalId: $e) { id consent { personalisation training measurement } profileText recentItems { text } } }', { e: person.externalId });
    const profile = data.profile as unknown as { id: string };
    expect(profile.id).not.toBe(person.id);
    expect(profile).toMatchObject({ profileText: '', consent: { personalisation: false, training: false, measurement: false }, recentItems: [{ text: 'stove' }] });
  });

  test('still counts a click that comes later, without the person', async () => {
    const person = await makePerson(t, ['tent']);
    const decision = await decideFor(person.id);
    await erase(person.externalId);
    const { recordOutcomes } = await t.run(RecordOutcomesByTokenDocument, { decisionId: decision.id });
    expect(recordOutcomes).toMatchObject({ recorded: 2, userErrors: [] });
    expect(await decisionNow(decision.id)).toMatchObject({ profile: null, clickAt: expect.any(String) });
  });

  test('in the middle of what others do for the person: each is done or refused by code, and nothing of the person is left', async () => {
    for (let round = 0; round < 6; round++) {
      const person = await makePerson(t, ['tent']);
      const answers = await Promise.all([
        ...Array.from({ length: 3 }, () => t.send('mutation ($p: ID!, $c: ID!, $k: String!) { decide(input: { profileId: $p, campaigns: [$c], placements: [{ name: "home" }], idempotencyKey: $k }) { decisions { id } userErrors { code } } }', { p: person.id, c: campaignId, k: unique('decide') })),
        erase(person.externalId),
        t.send('query ($p: ID!, $c: ID!) { rankCreatives(profileId: $p, campaignId: $c, first: 2) { edges { node { rank } } } }', { p: person.id, c: campaignId }),
      ]);
      expect(JSON.stringify(answers)).not.toMatch(/INTERNAL/);
      const left = await t.app.deps.store.decisions.page(t.app.deps.advertiserId, { profileIds: [fromGlobalId('id', 'Profile', person.id)] }, { first: 5, sort: { field: 'CREATED_AT', direction: 'DESC' } });
      expect(left.edges).toEqual([]);
      expect((await t.run(ProfileDocument, { externalId: person.externalId })).profile).toBeNull();
    }
  });
});
