import { manualClock } from '../../../src/base/clock';
import type { Decision } from '../../../src/domain/entities/decision';
import type { Profile } from '../../../src/domain/entities/profile';
import { recordOutcomes, type OutcomeInput } from '../../../src/modules/delivery/record-outcomes';
import { upsertProfile } from '../../../src/modules/profiles/upsert-profile';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { NOON } from '../../support/entities';
import { aRunningCampaign, aStoredProfile, decideAmong } from '../../support/running-campaign';
import { wordScorer } from '../../support/word-models';

const clock = manualClock(NOON);
let t: TestDependencies;
let person: Profile;
let decision: Decision;
beforeAll(async () => {
  t = await testDependencies({ clock, scorer: wordScorer() });
});
afterAll(() => t.discard());
beforeEach(async () => {
  const { campaign } = await aRunningCampaign(t.deps);
  person = await aStoredProfile(t.deps);
  decision = (await decideAmong(t.deps, [campaign], { profile: { id: person.id } })).decisions[0]!;
});

const withdraw = () => upsertProfile(t.deps, { externalId: person.externalId, consent: { measurement: false } });
const tell = (kind: OutcomeInput['kind'], more: Partial<OutcomeInput> = {}) => recordOutcomes(t.deps, { outcomes: [{ decisionId: decision.id, kind, ...more }] });
const stored = async (): Promise<Decision> => (await t.deps.store.decisions.byIds(t.deps.advertiserId, [decision.id]))[0]!;

describe('of who took back their consent to measurement', () => {
  it('what they do afterwards is counted, and neither the outcome nor its decision says who it was', async () => {
    await withdraw();
    const { outcomes } = await tell('CLICK');
    expect(outcomes.map(({ kind, profileId }) => [kind, profileId])).toEqual([['IMPRESSION', null], ['CLICK', null]]);
    expect(await stored()).toMatchObject({ profileId: null, segments: [], impressionAt: NOON, clickAt: NOON });
  });

  it('a click on what they saw before is nobody\'s', async () => {
    await tell('IMPRESSION');
    await withdraw();
    await tell('CLICK');
    expect(await stored()).toMatchObject({ profileId: null, segments: [], clickAt: NOON });
  });

  it('a conversion is nobody\'s, told together with what was known or alone', async () => {
    await tell('CLICK');
    await withdraw();
    await recordOutcomes(t.deps, { outcomes: [{ decisionId: decision.id, kind: 'CLICK' }, { decisionId: decision.id, kind: 'CONVERSION', outcomeId: `order ${decision.id}` }] });
    expect(await stored()).toMatchObject({ profileId: null, segments: [] });
  });

  it('what they did before stays as it was known then, and a repeat of it says nothing new', async () => {
    await tell('CLICK');
    await withdraw();
    await tell('CLICK');
    expect(await stored()).toMatchObject({ profileId: person.id, segments: decision.segments, clickAt: NOON });
  });
});

it('who did not stays known', async () => {
  await tell('CLICK');
  expect(await stored()).toMatchObject({ profileId: person.id, segments: decision.segments });
});
