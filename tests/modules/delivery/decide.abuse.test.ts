import { manualClock } from '../../../src/base/clock';
import { decide, type Decide } from '../../../src/modules/delivery/decide';
import { InputProblems } from '../../../src/modules/input/problems';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { NOON } from '../../support/entities';
import { testIds } from '../../support/embedded-store';
import { aRunningCampaign, decideAmong } from '../../support/running-campaign';

let t: TestDependencies;
beforeAll(async () => {
  t = await testDependencies({ clock: manualClock(NOON) });
});
afterAll(() => t.discard());

async function told(stated: Partial<Decide>): Promise<string[]> {
  const ask: Decide = { profile: null, placements: [{ name: 'home' }], idempotencyKey: 'key', ...stated };
  const error = await decide(t.deps, ask).then(() => null, (cause: unknown) => cause);
  if (!(error instanceof InputProblems)) throw new Error(`It was taken: ${String(error)}`);
  return error.problems.map(({ code, field, message, hint }) => `${code} ${field}: ${message}${hint ? ` | ${hint}` : ''}`);
}

test('every mistake of a request is named with its field and how to mend it', async () => {
  const wrong: Record<string, Partial<Decide>> = {
    'no place': { placements: [] },
    'a nameless place': { placements: [{ name: ' ' }] },
    'one place twice': { placements: [{ name: 'home' }, { name: 'home' }] },
    'too many winners': { placements: [{ name: 'top', count: 15 }, { name: 'side', count: 6 }] },
    'no winner': { placements: [{ name: 'home', count: 0 }] },
    'too many places': { placements: Array.from({ length: 11 }, (_, i) => ({ name: `place ${i}` })) },
    'an unknown currency': { currency: 'XXL' },
    'no time at all': { deadlineMs: 0 },
    'a blank key': { idempotencyKey: '' },
    'a campaign that is not there': { campaignIds: [testIds.next()] },
    'several at once': { placements: [], idempotencyKey: 'x'.repeat(201), deadlineMs: 1e9 },
  };
  const messages: Record<string, string[]> = {};
  for (const [what, stated] of Object.entries(wrong)) messages[what] = await told(stated);
  expect(messages).toMatchSnapshot();
});

test('a person who is not there is an error, not nobody', async () => {
  await expect(decide(t.deps, { profile: { externalId: 'nobody' }, placements: [{ name: 'home' }], idempotencyKey: 'key' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('without any model decides by what was counted, and charges all the same', async () => {
  const { campaign } = await aRunningCampaign(t.deps);
  const { decisions } = await decideAmong(t.deps, [campaign]);
  expect(decisions).toMatchObject([{ modelVersionId: null, device: null, personalised: false, reservedMicros: 2_500n }]);
});

test('a dry run says who would be passed over, and charges nothing', async () => {
  const { campaign } = await aRunningCampaign(t.deps);
  const paused = await aRunningCampaign(t.deps, { status: 'PAUSED' });
  const dry = await decideAmong(t.deps, [campaign, paused.campaign], { validateOnly: true });
  expect(dry).toEqual({ decisions: [], passedOver: [{ campaignId: paused.campaign.id, reason: 'NOT_ACTIVE' }], replayed: false });
  const standing = await t.deps.store.spending.standings(t.deps.advertiserId, [campaign.id], { profileId: null, now: NOON });
  expect(standing.get(campaign.id)!.usedMicros).toBe(0n);
});
