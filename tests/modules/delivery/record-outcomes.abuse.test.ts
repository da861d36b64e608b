import { manualClock } from '../../../src/base/clock';
import { createTokenKeys } from '../../../src/modules/delivery/token-keys';
import { signToken } from '../../../src/modules/delivery/delivery-token';
import { recordOutcomes, type OutcomeInput } from '../../../src/modules/delivery/record-outcomes';
import { tokensOf } from '../../../src/modules/delivery/tokens-of';
import { InputProblems } from '../../../src/modules/input/problems';
import type { Campaign } from '../../../src/domain/entities/campaign';
import type { Decision } from '../../../src/domain/entities/decision';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { NOON } from '../../support/entities';
import { testIds } from '../../support/embedded-store';
import { aRunningCampaign, decideAmong } from '../../support/running-campaign';
import { wordScorer } from '../../support/word-models';

const HOUR = 3_600_000;
const clock = manualClock(NOON);
let t: TestDependencies;
beforeAll(async () => {
  t = await testDependencies({ clock, scorer: wordScorer() });
});
afterAll(() => t.discard());

async function aDecided(stated: Partial<Campaign> = {}): Promise<{ campaign: Campaign; decision: Decision; tokens: Awaited<ReturnType<typeof tokensOf>> }> {
  const { campaign } = await aRunningCampaign(t.deps, stated);
  const { decisions: [decision] } = await decideAmong(t.deps, [campaign]);
  return { campaign, decision: decision!, tokens: await tokensOf(t.deps, decision!, campaign) };
}

/** What was said of it; ids and tokens differ from run to run and are left out. */
async function told(...outcomes: OutcomeInput[]): Promise<string[]> {
  const error = await recordOutcomes(t.deps, { outcomes }).then(() => null, (cause: unknown) => cause);
  if (!(error instanceof InputProblems)) throw new Error(`It was taken: ${String(error)}`);
  return error.problems.map(({ code, field, message, hint }) => `${code} ${field}: ${message}${hint ? ` | ${hint}` : ''}`);
}

/** A signature's last character holds two bits of nothing, so one before it is changed: it always becomes another. */
function withAnotherByte(token: string): string {
  return `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.at(-1)}`;
}

const countsOf = async ({ creativeId }: Decision) => (await t.deps.store.creatives.byIds(t.deps.advertiserId, [creativeId]))[0]?.counts;

test('a wrong token is told what is wrong with it, and nothing of the batch counts', async () => {
  const { decision, tokens } = await aDecided();
  const stranger = await t.deps.store.advertisers.ensure('Stranger');
  const strangers = await createTokenKeys({ store: t.deps.store, clock, ids: testIds, advertiserId: stranger.id }).signing();
  const own = await t.deps.tokenKeys.signing();
  const says = { advertiserId: t.deps.advertiserId, decisionId: decision.id, kind: 'CLICK', expiresAt: new Date(NOON.getTime() + HOUR) } as const;
  const wrong: Record<string, OutcomeInput> = {
    'signed by a stranger': { token: signToken({ ...says, advertiserId: stranger.id }, strangers) },
    'signed by a stranger in our name': { token: signToken(says, strangers) },
    'ours, in the name of a stranger': { token: signToken({ ...says, advertiserId: stranger.id }, own) },
    forged: { token: withAnotherByte(tokens.CLICK) },
    'no token': { token: 'hello' },
    empty: { token: '' },
    'very long': { token: 'x'.repeat(100_000) },
    expired: { token: signToken({ ...says, expiresAt: NOON }, own) },
    'of another kind': { token: tokens.CLICK, kind: 'CONVERSION' },
    'of a decision that is not there': { token: signToken({ ...says, decisionId: testIds.next() }, own) },
    'beside an id': { token: tokens.CLICK, decisionId: decision.id },
  };
  const messages: Record<string, string[]> = {};
  for (const [what, outcome] of Object.entries(wrong)) messages[what] = await told({ token: tokens.IMPRESSION }, outcome);
  expect(messages).toMatchSnapshot();
  expect(await countsOf(decision)).toMatchObject({ impressions: 0, clicks: 0 });
});

test("nobody takes the id of a decision's click before it happens", async () => {
  const { decision, tokens } = await aDecided();
  expect(await told({ creativeId: decision.creativeId, kind: 'CLICK', outcomeId: `decision:${decision.id}:CLICK` })).toEqual([expect.stringContaining('must not begin with "decision:"')]);
  expect(await recordOutcomes(t.deps, { outcomes: [{ token: tokens.CLICK }] })).toMatchObject({ recorded: 1 });
  expect(await countsOf(decision)).toMatchObject({ clicks: 1 });
});

test('an outcome that names nothing, several, or cannot be, is told so', async () => {
  const { decision, tokens } = await aDecided();
  const wrong: Record<string, OutcomeInput> = {
    'no name': { kind: 'CLICK', outcomeId: 'x' },
    'two names': { kind: 'CLICK', decisionId: decision.id, creativeId: decision.creativeId },
    'unknown decision': { kind: 'CLICK', decisionId: testIds.next() },
    'no kind': { decisionId: decision.id },
    'many clicks of one decision': { kind: 'CLICK', decisionId: decision.id, count: 2 },
    'a creative without an outcomeId': { kind: 'CLICK', creativeId: decision.creativeId },
    'money of another currency': { token: tokens.CONVERSION, value: { micros: 1n, currency: 'USD' } },
    'money below nothing': { token: tokens.CONVERSION, value: { micros: -1n, currency: 'EUR' } },
    'in two days': { token: tokens.CLICK, occurredAt: new Date(NOON.getTime() + 48 * HOUR) },
  };
  const messages: Record<string, string[]> = {};
  for (const [what, outcome] of Object.entries(wrong)) messages[what] = (await told(outcome)).map((line) => line.replaceAll(/[0-9a-f-]{36}/g, '<id>'));
  expect(messages).toMatchSnapshot();
  expect(await countsOf(decision)).toMatchObject({ impressions: 0, clicks: 0, conversions: 0 });
});

test('what comes too late counts nowhere, is told as late, and keeps nobody else from counting', async () => {
  const { decision, tokens } = await aDecided({ clickWindowHours: 2, conversionWindowHours: 4 });
  const at = (hours: number): Date => new Date(decision.createdAt.getTime() + hours * HOUR);
  clock.advance(5 * HOUR);
  const result = await recordOutcomes(t.deps, {
    outcomes: [
      { token: tokens.IMPRESSION, occurredAt: at(0.5) },
      { token: tokens.CLICK },
      { token: tokens.CONVERSION, occurredAt: at(3) },
      { token: tokens.CONVERSION, outcomeId: 'late sale' },
      // Before it was decided: a device's clock that runs behind.
      { token: tokens.CLICK, occurredAt: at(-9) },
    ],
  });
  expect(result).toMatchObject({ recorded: 3, replayed: 0, late: [{ index: 1, kind: 'CLICK', lastMoment: at(2) }, { index: 3, kind: 'CONVERSION', lastMoment: at(4) }] });
  expect(await countsOf(decision)).toMatchObject({ impressions: 1, clicks: 1, conversions: 1 });
  expect(result.outcomes.map(({ occurredAt }) => occurredAt)).toContainEqual(decision.createdAt);
});

test('an impression that comes after its hold was given away is charged at most what the budget has left', async () => {
  const { campaign, decision, tokens } = await aDecided({ budget: { totalMicros: 2_500n, dailyMicros: null } });
  clock.advance(HOUR + 1);
  // Another decision gets the budget, and is seen.
  const { decisions: [next] } = await decideAmong(t.deps, [campaign]);
  await recordOutcomes(t.deps, { outcomes: [{ decisionId: next!.id, kind: 'IMPRESSION' }] });
  await recordOutcomes(t.deps, { outcomes: [{ token: tokens.IMPRESSION, occurredAt: decision.createdAt }] });
  const standing = await t.deps.store.spending.standings(t.deps.advertiserId, [campaign.id], { profileId: null, now: clock.now() });
  expect(standing.get(campaign.id)).toMatchObject({ usedMicros: 2_500n, heldMicros: 0n });
});

test('told by many at once it counts once', async () => {
  const { decision, tokens } = await aDecided();
  const all = await Promise.all(Array.from({ length: 12 }, (_, i) => recordOutcomes(t.deps, { outcomes: [i % 2 ? { token: tokens.CLICK } : { decisionId: decision.id, kind: 'IMPRESSION' }] })));
  expect(all.reduce((sum, { outcomes }) => sum + outcomes.length, 0)).toBe(2);
  expect(await countsOf(decision)).toMatchObject({ impressions: 1, clicks: 1 });
});
