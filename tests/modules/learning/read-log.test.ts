import { manualClock } from '../../../src/base/clock';
import type { Decision } from '../../../src/domain/entities/decision';
import type { Profile } from '../../../src/domain/entities/profile';
import { updateCreative } from '../../../src/modules/creatives/update-creative';
import type { LoggedChoice } from '../../../src/modules/learning/logged-choice';
import { recordOutcomes } from '../../../src/modules/delivery/record-outcomes';
import { readLog, type ReadLog } from '../../../src/modules/learning/read-log';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { aCampaign, aCreative, aDecision, anEvent, aProfile, later, NOON } from '../../support/entities';

const HOUR = 3_600_000;
const clock = manualClock(NOON);
let opened: TestDependencies;
let deps: TestDependencies['deps'];
const campaign = () => aCampaign(deps.advertiserId, { vertical: 'FINANCE', status: 'ACTIVE' });
let ad: ReturnType<typeof aCreative>;
beforeAll(async () => {
  opened = await testDependencies({ clock });
  deps = opened.deps;
  const own = campaign();
  await deps.store.campaigns.insert(own);
  ad = aCreative(own, { headline: 'Save early', body: 'At your pace' });
  await deps.store.creatives.insertMany([ad]);
});
afterAll(() => opened.discard());

let hour = 0;
/** One decision, an hour after the one before, seen at once. */
async function decided(profile: Profile | null, stated: Partial<Decision> = {}): Promise<Decision> {
  const createdAt = stated.createdAt ?? later(++hour * HOUR);
  const decision = aDecision(ad, { vertical: 'FINANCE', profileId: profile?.id ?? null, personalised: profile !== null, createdAt, impressionAt: createdAt, ...stated });
  await deps.store.decisions.append([decision]);
  return decision;
}
async function person(consent: Partial<Profile['consent']> = {}): Promise<Profile> {
  const profile = aProfile(deps.advertiserId, { consent: { personalisation: true, training: true, measurement: true, ...consent }, profileText: 'What it says today' });
  await deps.store.profiles.ensureMany([profile]);
  return profile;
}
const saw = (profile: Profile, itemText: string, at: Date, receivedAt = at): Promise<unknown> => deps.store.events.record([anEvent(profile, { itemText, occurredAt: at, receivedAt })]);
const log = (more: Partial<ReadLog> = {}): Promise<LoggedChoice[]> =>
  readLog(deps, { vertical: 'FINANCE', until: later(1_000 * HOUR), matureMinutes: 0, limit: 1_000, signal: new AbortController().signal, ...more });
const of = async (decision: Decision, more: Partial<ReadLog> = {}): Promise<LoggedChoice | undefined> => (await log(more)).find(({ decisionId }) => decisionId === decision.id);

describe('what the log teaches', () => {
  it('has of a person what was known when it was decided, and nothing of later', async () => {
    const profile = await person();
    const at = later(++hour * HOUR);
    await saw(profile, 'Before', later(-HOUR, at));
    await saw(profile, 'Afterwards', later(HOUR, at));
    await saw(profile, 'Before, but told of later', later(-2 * HOUR, at), later(HOUR, at));
    expect((await of(await decided(profile, { createdAt: at })))!.profile).toBe('Before');
  });

  it('has no text of who did not agree to personalisation, nor where none was used, nor what a regulated vertical bars', async () => {
    const [shy, usual, parent] = [await person({ personalisation: false }), await person(), await person()];
    for (const each of [shy, usual]) await saw(each, 'Savings plans', later(-HOUR));
    await saw(parent, 'Nursery fees', later(-HOUR));
    await saw(parent, 'Index funds', later(-HOUR + 1));
    expect(await of(await decided(shy))).toMatchObject({ profile: '', person: shy.id });
    expect(await of(await decided(usual, { personalised: false }))).toMatchObject({ profile: '' });
    expect(await of(await decided(parent))).toMatchObject({ profile: 'Index funds' });
  });

  it('is written by the rules of who reads it: another vertical\'s log tells a regulated one nothing that it bars', async () => {
    const parent = await person();
    await saw(parent, 'Nursery fees', later(-HOUR));
    await saw(parent, 'Trail shoes', later(-HOUR + 1));
    const sold = await decided(parent, { vertical: 'ECOMMERCE' });
    expect((await of(sold, { vertical: 'ECOMMERCE' }))!.profile).toContain('Nursery fees');
    expect((await of(sold, { vertical: 'ECOMMERCE', readAs: 'FINANCE' }))!.profile).toBe('Trail shoes');
  });

  it('has nothing of who did not agree to training, and nothing of who was erased', async () => {
    expect(await of(await decided(await person({ training: false })))).toBeUndefined();
    expect(await of(await decided(aProfile(deps.advertiserId)))).toBeUndefined();
    // Erased, with the person taken out of the decision.
    expect(await of(await decided(null, { personalised: true }))).toBeUndefined();
    expect(await of(await decided(null))).toMatchObject({ person: null, profile: '' });
  });

  it('has the copy as it was shown, however often it was rewritten since', async () => {
    const creative = aCreative({ id: ad.campaignId, advertiserId: deps.advertiserId }, { headline: 'First words', body: null });
    await deps.store.creatives.insertMany([creative]);
    const shown = async (): Promise<Decision> => decided(null, { creativeId: creative.id, candidates: [], createdAt: clock.now(), impressionAt: clock.now() });
    const seen: Decision[] = [];
    for (const [i, headline] of ['Second words', 'Third words'].entries()) {
      seen.push(await shown());
      clock.advance(1_000);
      await updateCreative(deps, { id: creative.id, expectedVersion: i + 1, copy: { headline } });
      clock.advance(1_000);
    }
    seen.push(await shown());
    expect(await Promise.all(seen.map(async (decision) => (await of(decision))!.text))).toEqual(['First words', 'Second words', 'Third words']);
  });

  it('is only what was seen, and ends where the run began: a later click is none', async () => {
    const at = later(++hour * HOUR);
    const clicked = await decided(null, { createdAt: at, clickAt: later(10, at) });
    expect(await of(clicked)).toMatchObject({ clicked: true, text: 'Save early At your pace' });
    expect(await of(clicked, { until: later(5, at) })).toMatchObject({ clicked: false });
    expect(await of(clicked, { until: at })).toBeUndefined();
    expect(await of(clicked, { until: later(HOUR, at), matureMinutes: 61 })).toBeUndefined();
    expect(await of(await decided(null, { impressionAt: null }))).toBeUndefined();
  });

  it('ends where the run began, in what was told too: an impression or a click that is told of later changes nothing of it', async () => {
    const at = later(++hour * HOUR);
    clock.advance(later(60_000, at).getTime() - clock.now().getTime());
    const own = aCreative(campaign());
    const running = { ...campaign(), id: own.campaignId };
    await deps.store.campaigns.insert(running);
    await deps.store.creatives.insertMany([own]);
    const held = { creativeId: own.id, campaignId: running.id, createdAt: at, expiresAt: later(HOUR, at), candidates: [] };
    const [seen, unseen] = [await decided(null, { ...held, impressionAt: null }), await decided(null, { ...held, impressionAt: null })];
    const tell = (kind: 'IMPRESSION' | 'CLICK', { id }: Decision) => recordOutcomes(deps, { outcomes: [{ decisionId: id, kind, occurredAt: later(30_000, at) }] });
    await tell('IMPRESSION', seen);
    const until = clock.now();
    const before = await log({ until });
    clock.advance(HOUR);
    await tell('CLICK', seen);
    await tell('CLICK', unseen);
    expect(await log({ until })).toEqual(before);
    expect(await of(seen, { until })).toMatchObject({ clicked: false });
    expect(await of(seen, { until: clock.now() })).toMatchObject({ clicked: true });
    expect(await of(unseen, { until: clock.now() })).toMatchObject({ clicked: true });
  });

  it('is in the order of time, the latest where there is more than is asked for', async () => {
    const all = await log();
    expect(all.map(({ at }) => at.getTime())).toEqual(all.map(({ at }) => at.getTime()).toSorted((a, b) => a - b));
    const latest = await log({ limit: 5 });
    expect(latest).toEqual(all.slice(-latest.length));
    expect(latest.length).toBeLessThan(all.length);
  });
});
