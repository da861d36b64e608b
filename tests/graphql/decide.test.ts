import { DecideDocument, ExplainDecisionDocument, RecordOutcomesDocument, type DecideInput, type OutcomeInput } from '../generated/operations';
import { activate, makeCampaign, makeCreatives, makePerson, unique } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

const euros = (amount: number) => ({ micros: String(Math.round(amount * 1e6)), currency: 'EUR' });
const HEADLINES = ['Mud is part of the plan', 'Follow the mountain ridge', 'Quiet woods and loud hearts'];

async function running(stated: Parameters<typeof makeCampaign>[1] = {}, headlines: readonly string[] = HEADLINES): Promise<string> {
  const id = await makeCampaign(t, stated);
  await makeCreatives(t, id, headlines);
  await activate(t, id);
  return id;
}

async function decide(campaigns: readonly string[], stated: Partial<DecideInput> = {}) {
  const input: DecideInput = { placements: [{ name: 'home' }], campaigns: [...campaigns], idempotencyKey: unique('key'), ...stated };
  return (await t.run(DecideDocument, { input })).decide;
}

async function record(...outcomes: OutcomeInput[]) {
  return (await t.run(RecordOutcomesDocument, { input: { outcomes } })).recordOutcomes;
}

describe('decide', () => {
  test('chooses one creative for each place, no creative twice, and says how likely each choice was', async () => {
    const campaign = await running();
    const person = await makePerson(t, ['mountain boots']);
    const { decisions, userErrors } = await decide([campaign], { profileId: person.id, placements: [{ name: 'top' }, { name: 'side', count: 5 }] });
    expect(userErrors).toEqual([]);
    expect(decisions.map(({ placement, slot }) => `${placement} ${slot}`)).toEqual(['top 0', 'side 0', 'side 1']);
    expect(new Set(decisions.map(({ creative }) => creative.headline))).toEqual(new Set(HEADLINES));
    expect(decisions[0]).toMatchObject({ policy: 'THOMPSON', personalised: true });
    for (const { propensity } of decisions) expect(propensity).toBeGreaterThan(0);
    expect(decisions[2]!.propensity).toBe(1);
  });

  test('with one key decides once, and refuses the key for another request', async () => {
    const campaign = await running({ costPerThousand: euros(1_000), budget: { total: euros(1) } });
    const idempotencyKey = unique('key');
    const first = await decide([campaign], { idempotencyKey });
    const again = await decide([campaign], { idempotencyKey });
    expect(again).toMatchObject({ replayed: true, decisions: [{ id: first.decisions[0]!.id }] });
    const other = await decide([campaign], { idempotencyKey, placements: [{ name: 'elsewhere' }] });
    expect(other.userErrors).toMatchObject([{ code: 'CONFLICT', field: 'idempotencyKey' }]);
  });

  test('with nothing to show answers an empty list and why', async () => {
    const draft = await makeCampaign(t);
    const later = await running({ flight: { startsAt: '2027-01-01T00:00:00.000Z' } });
    const hikers = await running({ audience: { interestsAnyOf: ['hiking'] } });
    const empty = await running({}, []);
    const spent = await running({ costPerThousand: euros(2_000), budget: { total: euros(1) } });
    const { decisions, passedOver, userErrors } = await decide([draft, later, hikers, empty, spent]);
    expect([decisions, userErrors]).toEqual([[], []]);
    expect(Object.fromEntries(passedOver.map(({ campaign, reason }) => [campaign!.id, reason]))).toEqual({
      [draft]: 'NOT_ACTIVE', [later]: 'NOT_IN_FLIGHT', [hikers]: 'AUDIENCE', [empty]: 'NO_CREATIVE', [spent]: 'BUDGET_SPENT',
    });
  });

  test('never shows a person more of a campaign than its cap allows', async () => {
    const campaign = await running({ frequencyCap: { impressions: 2, perHours: 24 } });
    const person = await makePerson(t, []);
    const many = await Promise.all(Array.from({ length: 8 }, () => decide([campaign], { profileId: person.id })));
    expect(many.filter(({ decisions }) => decisions.length > 0)).toHaveLength(2);
    expect((await decide([campaign], { profileId: person.id })).passedOver).toMatchObject([{ reason: 'CAPPED' }]);
  });

  test('of campaigns in several currencies asks which', async () => {
    const [one, two] = [await running(), await running({ currency: 'GBP' })];
    const { userErrors } = await decide([one, two]);
    expect(userErrors).toMatchObject([{ code: 'BAD_INPUT', field: 'currency', message: expect.stringContaining('EUR, GBP') }]);
    expect(await decide([one, two], { currency: 'GBP' })).toMatchObject({ decisions: [{ campaign: { id: two } }], passedOver: [{ campaign: { id: one }, reason: 'OTHER_CURRENCY' }] });
  });

  test('where the model has no time decides without it, and says so', async () => {
    const campaign = await running();
    const { decisions } = await decide([campaign], { deadlineMs: 1 });
    const { explainDecision } = await t.run(ExplainDecisionDocument, { id: decisions[0]!.id });
    expect(explainDecision.decision.modelVersion).toBeNull();
    expect(explainDecision.summary).toContain('no model scored');
  });
});

describe('outcomes of decisions', () => {
  test('by token count once however often they are told, and a click makes its impression', async () => {
    const campaign = await running({ costPerThousand: euros(10), costPerClick: euros(0.5), budget: { total: euros(5) } });
    const { decisions: [decision] } = await decide([campaign]);
    const { impression, click, conversion } = decision!.tokens;
    const first = await record({ token: click });
    expect(first).toMatchObject({ recorded: 1, replayed: 0, userErrors: [], creatives: [{ counts: { impressions: 1, clicks: 1 } }] });
    const again = await record({ token: click }, { token: impression }, { decisionId: decision!.id, kind: 'CLICK' }, { token: conversion }, { token: conversion, outcomeId: unique('sale') });
    expect(again).toMatchObject({ recorded: 2, replayed: 3, creatives: [{ counts: { impressions: 1, clicks: 1, conversions: 2 } }] });
    const { deps } = t.app;
    const campaignId = Buffer.from(campaign, 'base64url').toString().split(':')[1]!;
    const standing = (await deps.store.spending.standings(deps.advertiserId, [campaignId], { profileId: null, now: deps.clock.now() })).get(campaignId);
    expect(standing).toMatchObject({ usedMicros: 510_000n, heldMicros: 0n });
  });

  test('move the next choice: what is clicked more than the model expects is chosen more', async () => {
    const campaign = await running({}, ['One of two', 'Two of two']);
    const before = await decide([campaign]);
    await record({ token: before.decisions[0]!.tokens.click });
    const after = await decide([campaign]);
    const { explainDecision } = await t.run(ExplainDecisionDocument, { id: after.decisions[0]!.id });
    const own = explainDecision.candidates.find(({ creative }) => creative!.headline === before.decisions[0]!.creative.headline)!;
    expect(own.offset.mean).toBeGreaterThan(0);
    const { explainDecision: earlier } = await t.run(ExplainDecisionDocument, { id: before.decisions[0]!.id });
    expect(earlier.candidates.find((each) => each.chosen)!.propensity).toBeLessThan(own.propensity);
  });
});
