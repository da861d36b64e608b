import { aCampaign, aModelVersion, aPrediction, aCreative, aProfile, anEvent } from '../support/entities';
import { testIds } from '../support/embedded-store';
import { onEachDatabase } from './on-each-database';

const said = (error: { code: string; field?: string; message: string; hint?: string }) => ({ code: error.code, field: error.field, message: error.message, hint: error.hint });

onEachDatabase((subject) => {
  describe('a cursor', () => {
    test.each([
      ['that is no cursor', 'hello'],
      ['of broken JSON', Buffer.from('[').toString('base64url')],
      ['with an id that is none', Buffer.from('["CREATED_AT","DESC","2026-01-01T00:00:00.000Z","x"]').toString('base64url')],
      ['with a time that is none', Buffer.from(`["CREATED_AT","DESC","soon","${testIds.next()}"]`).toString('base64url')],
      ['with a time in words', Buffer.from(`["CREATED_AT","DESC","Thu, 01 Jan 1970 00:00:00 GMT+0300","${testIds.next()}"]`).toString('base64url')],
      ['with a time that the database has not', Buffer.from(`["CREATED_AT","DESC","+275760-09-13T00:00:00.000Z","${testIds.next()}"]`).toString('base64url')],
      ['of another sort', Buffer.from(`["NAME","ASC","a","${testIds.next()}"]`).toString('base64url')],
    ])('%s is refused, naming the field', async (_what, after) => {
      const { store, advertiserId } = subject();
      const error = await store.campaigns.page(advertiserId, {}, { first: 5, after }).catch(said);
      expect(error).toMatchSnapshot();
    });
  });

  test.each([
    ['a name that no text column takes', 'NAME', 'a\0b'],
    ['a name of half a character', 'NAME', '\ud800'],
  ] as const)('a cursor with %s is refused', async (_what, field, value) => {
    const { store, advertiserId } = subject();
    const after = Buffer.from(JSON.stringify([field, 'ASC', value, testIds.next()])).toString('base64url');
    await expect(store.campaigns.page(advertiserId, {}, { first: 5, after, sort: { field, direction: 'ASC' } })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'after' });
  });

  test.each([
    ['P_CLICK', '0x10', false], ['P_CLICK', '1e400', false], ['P_CLICK', '0.25', true], ['P_CLICK', '1e-7', true],
    ['EXPECTED_VALUE', '9223372036854775808', false], ['EXPECTED_VALUE', '1000000000000000000', true],
  ] as const)('a cursor of %s at %s is read or refused as what the list itself would write', async (field, value, read) => {
    const { store, advertiserId } = subject();
    const after = Buffer.from(JSON.stringify([field, 'DESC', value, testIds.next()])).toString('base64url');
    const page = store.predictions.page(advertiserId, {}, { first: 5, after, sort: { field, direction: 'DESC' } });
    if (read) expect((await page).edges).toEqual([]);
    else await expect(page).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'after' });
  });

  test('a page of none, or of too many, is a bug of the caller', async () => {
    const { store, advertiserId } = subject();
    for (const first of [0, -1, 1.5, 1_001, Number.NaN]) {
      await expect(store.campaigns.page(advertiserId, {}, { first })).rejects.toMatchObject({ code: 'INTERNAL' });
    }
  });

  test('text that PostgreSQL cannot hold is refused as input, and leaves nothing', async () => {
    const { store, advertiserId } = subject();
    for (const stated of [{ name: 'NUL \0 inside' }, { voice: { tone: 'PLAIN', bannedWords: ['\0'], requiredDisclaimer: null } } as const]) {
      await expect(store.campaigns.insert(aCampaign(advertiserId, stated))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    }
    expect(await store.campaigns.count(advertiserId, {})).toBe(0);
  });

  test('numbers out of range are refused', async () => {
    const { store, advertiserId } = subject();
    const campaign = aCampaign(advertiserId, { budget: { totalMicros: 2n ** 63n, dailyMicros: null } });
    await expect(store.campaigns.insert(campaign)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const stored = aCampaign(advertiserId);
    await store.campaigns.insert(stored);
    const [creative] = await store.creatives.insertMany([aCreative(stored)]);
    const model = await store.modelVersions.register(aModelVersion(advertiserId));
    await expect(store.predictions.append([aPrediction(creative!, model, { pClick: Number.NaN })])).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('p_click') });
  });

  test('an id used twice is a conflict', async () => {
    const { store, advertiserId } = subject();
    const campaign = aCampaign(advertiserId);
    await store.campaigns.insert(campaign);
    await expect(store.campaigns.insert(campaign)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('text that looks like SQL is text', async () => {
    const { store, advertiserId } = subject();
    const name = `'); DROP TABLE campaigns; -- $1 {} \\' "`;
    await store.campaigns.insert(aCampaign(advertiserId, { name }));
    const page = await store.campaigns.page(advertiserId, { search: name }, { first: 1, sort: { field: 'NAME', direction: 'ASC' } });
    expect(page.edges[0]!.node.name).toBe(name);
    expect((await store.campaigns.page(advertiserId, {}, { first: 1, after: page.edges[0]!.cursor, sort: { field: 'NAME', direction: 'ASC' } })).edges).toEqual([]);
  });

  test('a stranger cannot hang an event on my profile', async () => {
    const { store, advertiserId } = subject();
    const stranger = await store.advertisers.ensure(`Stranger ${testIds.next()}`);
    const [profile] = await store.profiles.ensureMany([aProfile(advertiserId)]);
    await expect(store.events.record([anEvent({ id: profile!.id, advertiserId: stranger.id })])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('an empty list of anything asks the database nothing', async () => {
    const { store, advertiserId } = subject();
    const before = store.statementCount();
    expect(await store.campaigns.byIds(advertiserId, [])).toEqual([]);
    expect(await store.events.record([])).toEqual([]);
    expect(await store.predictions.append([])).toEqual([]);
    expect(await store.profiles.updateMany([])).toEqual([]);
    expect(store.statementCount()).toBe(before);
  });
});
