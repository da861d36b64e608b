import { print } from 'graphql';
import { fromFeedCursor, toFeedCursor } from '../../src/graphql/relay/feed-cursor';
import { CreateCreativeDocument, CreativeChangedDocument, CreativeDocument, ReviewCreativeDocument, UpdateCreativeDocument } from '../generated/operations';
import { makeCampaign } from '../support/scenes';
import { openTestApp, take, type TestApp } from '../support/test-app';

let t: TestApp;
let campaignId: string;
beforeAll(async () => {
  t = await openTestApp();
  campaignId = await makeCampaign(t, { voice: { bannedWords: ['cheap'] } });
});
afterAll(() => t.close());

async function create(headline: string, rest: object = {}) {
  return (await t.run(CreateCreativeDocument, { input: { campaignId, headline, ...rest } })).createCreative;
}

describe('a creative', () => {
  test('whose externalId is taken in its campaign is refused by that field, on a dry run too', async () => {
    await create('Made for rain', { externalId: 'rain' });
    for (const validateOnly of [true, false]) {
      expect((await create('Made for snow', { externalId: 'rain', validateOnly })).userErrors).toMatchObject([{ code: 'CONFLICT', field: 'externalId' }]);
    }
  });

  test('is a draft until it is approved, and a draft again when its copy changes', async () => {
    const { creative } = await create('Made for the way home');
    expect(creative).toMatchObject({ status: 'DRAFT', version: 1 });
    const approved = await t.run(ReviewCreativeDocument, { input: { id: creative!.id, expectedVersion: 1, verdict: 'APPROVE', note: 'Good.' } });
    expect(approved.reviewCreative.creative).toMatchObject({ status: 'APPROVED', reviewNote: 'Good.', version: 2 });
    const changed = await t.run(UpdateCreativeDocument, { input: { id: creative!.id, expectedVersion: 2, headline: 'Made for the walk home' } });
    expect(changed.updateCreative.creative).toMatchObject({ status: 'DRAFT', headline: 'Made for the walk home', version: 3 });
  });

  test('with a banned word is kept with its finding, and never approved', async () => {
    const { creative, findings } = await create('Cheap shoes, today');
    expect(findings).toMatchObject([{ severity: 'BLOCKING', field: 'headline' }]);
    const { reviewCreative } = await t.run(ReviewCreativeDocument, { input: { id: creative!.id, expectedVersion: 1, verdict: 'APPROVE' } });
    expect(reviewCreative).toMatchObject({ creative: null, userErrors: [{ code: 'CONFLICT', field: 'verdict' }] });
    expect((await t.run(CreativeDocument, { id: creative!.id })).creative).toMatchObject({ status: 'DRAFT', version: 1 });
  });

  test('is judged by the guard on a dry run too', async () => {
    const { creative, findings } = await create('Cheap shoes, tomorrow', { validateOnly: true });
    expect(creative).toBeNull();
    expect(findings).toHaveLength(1);
  });

  test('takes only the verdicts that fit where it stands', async () => {
    const { creative } = await create('One more headline');
    const { reviewCreative } = await t.run(ReviewCreativeDocument, { input: { id: creative!.id, expectedVersion: 1, verdict: 'RESUME' } });
    expect(reviewCreative.userErrors).toMatchObject([{ code: 'CONFLICT', field: 'verdict', hint: 'It applies to: PAUSED.' }]);
  });

  test('tells subscribers of every change, with what came before them replayed', async () => {
    const campaign = await makeCampaign(t);
    type Event = { creativeChanged: { cursor: string; change: string; version: number; creative: { headline: string } } };
    const input = { campaignId: campaign, headline: 'Follow the ridge' };
    const [created] = await take<Event>(t, print(CreativeChangedDocument), { campaignId: campaign }, 1, () => t.run(CreateCreativeDocument, { input }));
    expect(created!.creativeChanged).toMatchObject({ change: 'CREATED', version: 1, creative: { headline: 'Follow the ridge' } });
    await t.run(CreateCreativeDocument, { input: { ...input, headline: 'Second' } });
    const [missed] = await take<Event>(t, print(CreativeChangedDocument), { campaignId: campaign, after: created!.creativeChanged.cursor }, 1);
    expect(missed!.creativeChanged.creative.headline).toBe('Second');
  });

  test('a cursor ahead of all that was ever told is refused, not waited for: the database is another, or was set back', async () => {
    const campaign = await makeCampaign(t);
    const input = { campaignId: campaign, headline: 'Follow the ridge' };
    const [latest] = await take<{ creativeChanged: { cursor: string } }>(t, print(CreativeChangedDocument), { campaignId: campaign }, 1, () => t.run(CreateCreativeDocument, { input }));
    const ahead = toFeedCursor(fromFeedCursor(latest!.creativeChanged.cursor)! + 1_000_000n);
    await expect(take(t, print(CreativeChangedDocument), { campaignId: campaign, after: ahead }, 1)).rejects.toThrow(/"BAD_INPUT","field":"after"/);
  });

  test('a cursor whose followers are no longer kept is refused, and a subscriber who was too slow is told: neither misses them in silence', async () => {
    const campaign = await makeCampaign(t);
    const input = { campaignId: campaign, headline: 'Follow the ridge' };
    const create = () => t.run(CreateCreativeDocument, { input });
    const document = print(CreativeChangedDocument);
    const [seen] = await take<{ creativeChanged: { cursor: string } }>(t, document, { campaignId: campaign }, 1, create);
    await create();
    // The protocol ends a subscription with a list of errors, which is no Error.
    const toldBy = (ending: Promise<unknown>) => ending.then(() => 'nothing', (error: unknown) => (error instanceof Error ? error.message : JSON.stringify(error)));
    const slow = take(t, document, { campaignId: campaign }, 1, () => t.app.deps.store.transaction(async (tx) => {
      await tx.feed.append([{ advertiserId: t.app.deps.advertiserId, topic: 'creativeChanged', key: campaign, payload: {} }]);
      await tx.feed.prune(new Date('2100-01-01'), 1_000);
    }));
    const refused = /"CURSOR_EXPIRED","field":"after","hint":"Read afresh what you follow, and subscribe without after/;
    expect(await toldBy(slow)).toMatch(refused);
    expect(await toldBy(take(t, document, { campaignId: campaign, after: seen!.creativeChanged.cursor }, 1))).toMatch(refused);
  });

  test('of another campaign, or of none, is refused by name', async () => {
    const { createCreative } = await t.run(CreateCreativeDocument, { input: { campaignId: 'nonsense', headline: 'x' } });
    expect(createCreative.userErrors).toMatchObject([{ code: 'BAD_INPUT', field: 'campaignId' }]);
  });
});
