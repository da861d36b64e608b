import {
  CampaignDocument, CreateCampaignDocument, SetCampaignStatusDocument, UpdateCampaignDocument, type CreateCampaignInput,
} from '../generated/operations';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

export const euros = (units: number): { micros: string; currency: string } => ({ micros: String(units * 1_000_000), currency: 'EUR' });

async function create(stated: Partial<CreateCampaignInput> = {}) {
  const { createCampaign } = await t.run(CreateCampaignDocument, { input: { name: 'Spring', product: { name: 'Alba' }, ...stated } });
  return createCampaign;
}

describe('a campaign', () => {
  test('is made as a draft with exact money, and read back by its id', async () => {
    const { campaign, userErrors } = await create({ budget: { total: { micros: '9007199254740993', currency: 'EUR' } } });
    expect(userErrors).toEqual([]);
    expect(campaign).toMatchObject({ status: 'DRAFT', version: 1, budget: { total: { micros: '9007199254740993', currency: 'EUR' } } });
    const read = await t.run(CampaignDocument, { id: campaign!.id });
    expect(read.campaign).toMatchObject({ id: campaign!.id, name: 'Spring', product: { name: 'Alba' } });
  });

  test('is made once for one idempotency key, and the key refuses another request', async () => {
    const first = await create({ idempotencyKey: 'k1' });
    const again = await create({ idempotencyKey: 'k1' });
    expect(again.campaign!.id).toBe(first.campaign!.id);
    const other = await create({ idempotencyKey: 'k1', name: 'Autumn' });
    expect(other.userErrors).toMatchObject([{ code: 'CONFLICT', field: 'idempotencyKey' }]);
  });

  test('whose externalId is taken is refused by that field, on a dry run too; a retry by its key is not', async () => {
    const stated = { externalId: 'spring', idempotencyKey: 'k2' };
    const first = await create(stated);
    const taken = [{ code: 'CONFLICT', field: 'externalId', message: 'There is a campaign with the externalId "spring" already.' }];
    expect((await create({ externalId: 'spring' })).userErrors).toMatchObject(taken);
    expect((await create({ externalId: 'spring', validateOnly: true })).userErrors).toMatchObject(taken);
    expect((await create(stated)).campaign!.id).toBe(first.campaign!.id);
    const both = await Promise.all([create({ externalId: 'both' }), create({ externalId: 'both' })]);
    expect(both.flatMap(({ userErrors }) => userErrors)).toMatchObject([{ code: 'CONFLICT', message: expect.not.stringContaining('constraint') }]);
  });

  test('changes its currency only as a draft, and with it every amount: euros never become dollars by name', async () => {
    const dollars = (units: number) => ({ ...euros(units), currency: 'USD' });
    const { campaign } = await create({ budget: { total: euros(100), daily: euros(10) }, costPerThousand: euros(5) });
    const { id } = campaign!;
    const update = async (expectedVersion: number, stated: object) => (await t.run(UpdateCampaignDocument, { input: { id, expectedVersion, ...stated } })).updateCampaign;
    expect((await update(1, { currency: 'USD', budget: { total: dollars(100) } })).userErrors).toMatchObject([
      { code: 'BAD_INPUT', field: 'budget.daily', message: 'budget.daily is in EUR, but the campaign would be in USD.' },
      { code: 'BAD_INPUT', field: 'costPerThousand' },
    ]);
    const all = await update(1, { currency: 'USD', budget: { total: dollars(100), daily: null }, costPerThousand: dollars(5) });
    expect(all).toMatchObject({ userErrors: [], campaign: { version: 2 } });
    await t.run(SetCampaignStatusDocument, { input: { id, expectedVersion: 2, status: 'ACTIVE' } });
    expect((await update(3, { currency: 'EUR', budget: { total: euros(100) }, costPerThousand: euros(5) })).userErrors).toMatchObject([{ code: 'CONFLICT', field: 'currency' }]);
    expect((await update(3, { currency: 'USD', name: 'Still dollars' })).userErrors).toEqual([]);
  });

  test('keeps what an update does not name, and grows a version', async () => {
    const { campaign } = await create({ product: { name: 'Alba', brand: 'Fernhill', offers: ['free delivery'] } });
    const { updateCampaign } = await t.run(UpdateCampaignDocument, {
      input: { id: campaign!.id, expectedVersion: 1, product: { offers: ['20% off'] } },
    });
    expect(updateCampaign).toMatchObject({ userErrors: [], campaign: { version: 2, product: { offers: ['20% off'] } } });
    const read = await t.run(CampaignDocument, { id: campaign!.id });
    expect(read.campaign!.product).toMatchObject({ name: 'Alba', brand: 'Fernhill', offers: ['20% off'] });
  });

  test('refuses a change made against an older version, and says which it is at', async () => {
    const { campaign } = await create();
    await t.run(UpdateCampaignDocument, { input: { id: campaign!.id, expectedVersion: 1, name: 'A' } });
    const { updateCampaign } = await t.run(UpdateCampaignDocument, { input: { id: campaign!.id, expectedVersion: 1, name: 'B' } });
    expect(updateCampaign.campaign).toBeNull();
    expect(updateCampaign.userErrors).toMatchObject([{ code: 'STALE_VERSION', field: 'expectedVersion', message: expect.stringContaining('version 2') }]);
  });

  test('of two updates at once exactly one wins', async () => {
    const { campaign } = await create();
    const both = await Promise.all(
      ['A', 'B'].map((name) => t.run(UpdateCampaignDocument, { input: { id: campaign!.id, expectedVersion: 1, name } })),
    );
    const codes = both.map(({ updateCampaign }) => updateCampaign.userErrors[0]?.code ?? 'none').toSorted();
    expect(codes).toEqual(['STALE_VERSION', 'none']);
  });

  test('goes its way through the statuses, and no other', async () => {
    const { campaign } = await create();
    const set = async (expectedVersion: number, status: 'ACTIVE' | 'PAUSED' | 'ENDED' | 'DRAFT') =>
      (await t.run(SetCampaignStatusDocument, { input: { id: campaign!.id, expectedVersion, status } })).setCampaignStatus;
    expect((await set(1, 'ACTIVE')).campaign).toMatchObject({ status: 'ACTIVE', version: 2 });
    expect((await set(2, 'ACTIVE')).campaign).toMatchObject({ status: 'ACTIVE', version: 2 });
    expect((await set(2, 'DRAFT')).userErrors).toMatchObject([{ code: 'CONFLICT', field: 'status', hint: 'From ACTIVE it may become PAUSED or ENDED.' }]);
    expect((await set(2, 'ENDED')).campaign).toMatchObject({ status: 'ENDED' });
  });

  test('does not change on a dry run, which still tells every mistake', async () => {
    const before = await t.send('{ campaigns { totalCount } }');
    const good = await create({ validateOnly: true });
    expect(good).toMatchObject({ campaign: null, userErrors: [] });
    const bad = await create({ validateOnly: true, name: '', currency: 'XQX' });
    expect(bad.userErrors.map((error) => error.field)).toEqual(['name', 'currency']);
    expect((await t.send('{ campaigns { totalCount } }')).data).toEqual(before.data);
  });
});

describe('a list of campaigns', () => {
  test('pages through all of them once, in order', async () => {
    for (let i = 0; i < 7; i++) await create({ name: `Page ${i}` });
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const { data } = (await t.send(
        'query ($after: String) { campaigns(first: 3, after: $after, filter: { search: "page " }, sort: { field: NAME, direction: ASC }) { totalCount pageInfo { hasNextPage endCursor } nodes { name } } }',
        { after },
      )) as unknown as { data: { campaigns: { totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string }; nodes: { name: string }[] } } };
      expect(data.campaigns.totalCount).toBe(7);
      seen.push(...data.campaigns.nodes.map((node) => node.name));
      after = data.campaigns.pageInfo.endCursor;
      if (!data.campaigns.pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(Array.from({ length: 7 }, (_, i) => `Page ${i}`));
  });
});
