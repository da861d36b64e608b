import { AdloomError } from '../../../src/base/errors';
import { manualClock } from '../../../src/base/clock';
import type { Provenance } from '../../../src/domain/entities/creative';
import type { ArmPolicy, Experiment, ExperimentArm } from '../../../src/domain/entities/experiment';
import { eligibleCampaigns } from '../../../src/modules/delivery/eligible-campaigns';
import { recordOutcomes } from '../../../src/modules/delivery/record-outcomes';
import { rankCreatives } from '../../../src/modules/predictions/rank-creatives';
import type { CreativeIndex } from '../../../src/modules/retrieval/creative-index';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { aCampaign, aCreative, aDecision, aModelVersion, later, NOON } from '../../support/entities';
import { testIds } from '../../support/embedded-store';
import { aRunningCampaign, aStoredProfile, decideAmong } from '../../support/running-campaign';
import { wordScorer } from '../../support/word-models';

const clock = manualClock(NOON);
const scorer = wordScorer();
let t: TestDependencies;
beforeAll(async () => {
  t = await testDependencies({ clock, scorer });
});
afterAll(() => t.discard());

const chancesOf = (candidates: readonly { propensity: number }[]): number => candidates.reduce((sum, { propensity }) => sum + propensity, 0);

describe('where no campaigns are named', () => {
  test('hundreds of newer ones that are over, have yet to begin or are in another currency take no place from one that runs', async () => {
    const { deps, discard } = await testDependencies({ clock, scorer, store: t.deps.store });
    const { campaign } = await aRunningCampaign(deps, { currency: 'EUR', createdAt: later(-2) });
    const over = { startsAt: later(-2_000), endsAt: later(-1_000) };
    const ahead = { startsAt: later(86_400_000), endsAt: null };
    const newer = Array.from({ length: 510 }, (_, n) => aCampaign(deps.advertiserId, {
      status: 'ACTIVE', createdAt: later(-1), ...(n % 3 === 0 ? { flight: over } : n % 3 === 1 ? { flight: ahead } : { currency: 'JPY' }),
    }));
    await deps.store.campaigns.insertMany(newer);
    const { decisions } = await decideAmong(deps, [], { campaignIds: undefined, currency: 'EUR' });
    expect(decisions).toMatchObject([{ campaignId: campaign.id }]);
    await discard();
  });
});

describe('where more campaigns run than one decision looks at', () => {
  test('each decision looks at others, so that none is out of reach, and a repeat of the key at the same', async () => {
    const { deps, discard } = await testDependencies({ clock, scorer, store: t.deps.store });
    const { campaign } = await aRunningCampaign(deps, { currency: 'NOK', createdAt: later(-2) });
    const newer = Array.from({ length: 699 }, () => aCampaign(deps.advertiserId, { status: 'ACTIVE', currency: 'NOK', flight: { startsAt: later(-1_000), endsAt: null }, createdAt: later(-1) }));
    await deps.store.campaigns.insertMany(newer);
    const lookedAt = async (draw: string): Promise<string[]> => {
      const { eligible, passedOver } = await eligibleCampaigns(deps, { profile: null, currency: 'NOK', now: NOON, draw });
      return [...eligible.map((each) => each.campaign.id), ...passedOver.map(({ campaignId }) => campaignId)];
    };
    const draws = await Promise.all(Array.from({ length: 20 }, (_, i) => lookedAt(`key ${i}`)));
    for (const each of draws) expect(new Set(each).size).toBe(500);
    expect(new Set(draws.flat()).size).toBe(700);
    // Five of seven draws, give or take.
    expect(draws.filter((each) => each.includes(campaign.id)).length).toBeGreaterThan(4);
    expect((await lookedAt('key 3')).toSorted()).toEqual(draws[3]!.toSorted());
    await discard();
  });
});

describe('while the index of creatives is still being read', () => {
  const stuck: CreativeIndex = { start: () => undefined, top: () => new Promise(() => undefined), complete: () => new Promise(() => undefined), close: () => Promise.resolve() };

  const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => `Follow the ridge ${i}`);

  test('a decision with a deadline is made among the newest of each campaign, and not late', async () => {
    const deps = { ...t.deps, creativeIndex: stuck };
    const running = [await aRunningCampaign(deps, { currency: 'SEK' }, lines(3)), await aRunningCampaign(deps, { currency: 'SEK' }, lines(2))];
    const { decisions } = await decideAmong(deps, running.map(({ campaign }) => campaign), { currency: 'SEK', deadlineMs: 400 });
    expect(decisions).toHaveLength(1);
    expect(decisions[0]!.candidates).toHaveLength(5);
    expect(chancesOf(decisions[0]!.candidates)).toBeCloseTo(1, 6);
  });

  test('a ranking with a deadline is of the newest hundred, and tells how many there were', async () => {
    const deps = { ...t.deps, creativeIndex: stuck };
    const { campaign, creatives } = await aRunningCampaign(deps, {}, lines(104));
    const ranking = await rankCreatives(deps, { campaign: { id: campaign.id }, profile: null, first: 100, deadlineMs: 2_000 });
    expect(ranking).toMatchObject({ stage: 'MODEL', candidates: creatives.length, scored: 100 });
  });
});

describe('what is known of a person', () => {
  test('reaches the model where they agreed, and the decision is theirs', async () => {
    const { campaign } = await aRunningCampaign(t.deps);
    const profile = await aStoredProfile(t.deps);
    const { decisions } = await decideAmong(t.deps, [campaign], { profile: { id: profile.id } });
    expect(scorer.calls.at(-1)!.prefix).toBe('Trail shoes');
    expect(decisions[0]).toMatchObject({ personalised: true, profileId: profile.id, segments: ['active'], device: 'cpu' });
  });

  test('reaches neither model nor log where they did not', async () => {
    const { campaign } = await aRunningCampaign(t.deps, { frequencyCap: { impressions: 1, perHours: 1 } });
    const profile = await aStoredProfile(t.deps, { consent: { personalisation: false, training: false, measurement: false } });
    const { decisions } = await decideAmong(t.deps, [campaign], { profile: { id: profile.id } });
    expect(scorer.calls.at(-1)!.prefix).toBe('');
    expect(decisions[0]).toMatchObject({ personalised: false, profileId: null, segments: [] });
    // The cap still holds for them.
    expect((await decideAmong(t.deps, [campaign], { profile: { id: profile.id } })).passedOver).toEqual([{ campaignId: campaign.id, reason: 'CAPPED' }]);
    // And the outcome is nobody's.
    const { outcomes } = await recordOutcomes(t.deps, { outcomes: [{ decisionId: decisions[0]!.id, kind: 'CLICK' }] });
    expect(outcomes.map(({ profileId }) => profileId)).toEqual([null, null]);
  });

  test('for a regulated vertical is read without what is barred there, in the same decision', async () => {
    const bank = await aRunningCampaign(t.deps, { vertical: 'FINANCE' });
    const shop = await aRunningCampaign(t.deps, { vertical: 'ECOMMERCE' });
    const profile = await aStoredProfile(t.deps, {
      recentItems: [{ text: 'Maternity dress', category: null, kind: 'VIEW', at: NOON }, { text: 'Trail shoes', category: null, kind: 'VIEW', at: NOON }],
    });
    const before = scorer.calls.length;
    await decideAmong(t.deps, [bank.campaign, shop.campaign], { profile: { id: profile.id } });
    expect(scorer.calls.slice(before).map(({ prefix }) => prefix).toSorted()).toEqual(['Maternity dress | Trail shoes', 'Trail shoes']);
  });
});

describe('the choice', () => {
  test('is among everybody, with probabilities that sum to 1 and keep a floor', async () => {
    const { campaign } = await aRunningCampaign(t.deps, {}, ['mud trail', 'city map', 'coffee bread', 'river night']);
    const profile = await aStoredProfile(t.deps, { recentItems: [{ text: 'coffee bread river city', category: null, kind: 'VIEW', at: NOON }] });
    const { decisions } = await decideAmong(t.deps, [campaign], { profile: { id: profile.id } });
    const { candidates, propensity, creativeId } = decisions[0]!;
    expect(candidates).toHaveLength(4);
    expect(chancesOf(candidates)).toBeCloseTo(1, 12);
    for (const each of candidates) expect(each.propensity).toBeGreaterThanOrEqual(0.02 / 4);
    expect(candidates.find((each) => each.creativeId === creativeId)!.propensity).toBe(propensity);
  });

  test('follows what clicks are worth: a target cost per conversion caps it', async () => {
    const objectives = { clickWeight: 0, conversionWeight: 1, revenueWeight: 0, clickValueMicros: 0n, conversionValueMicros: 40_000_000n, revenuePerConversionMicros: 0n };
    const dear = await aRunningCampaign(t.deps, { objectives }, ['one text']);
    const capped = await aRunningCampaign(t.deps, { objectives, targetCostPerConversionMicros: 10_000_000n }, ['one text']);
    const { decisions } = await decideAmong(t.deps, [dear.campaign, capped.campaign]);
    const worth = (campaignId: string): number => Number(decisions[0]!.candidates.find((each) => each.campaignId === campaignId)!.expectedValueMicros);
    expect(worth(dear.campaign.id) / worth(capped.campaign.id)).toBeCloseTo(4, 3);
  });

  test('is made anew among the rest where somebody else took the last of a budget, with probabilities right for the rest', async () => {
    const rich = await aRunningCampaign(t.deps, {}, ['A plain text']);
    const poor = await aRunningCampaign(t.deps, { budget: { totalMicros: 2_500n, dailyMicros: null } }, ['Another', 'And another', 'One more']);
    const answers = await Promise.all(Array.from({ length: 24 }, () => decideAmong(t.deps, [rich.campaign, poor.campaign])));
    const all = answers.flatMap(({ decisions }) => decisions);
    expect(all).toHaveLength(24);
    expect(all.filter(({ campaignId }) => campaignId === poor.campaign.id).length).toBeLessThanOrEqual(1);
    for (const { candidates, passedOver } of all) {
      expect(chancesOf(candidates)).toBeCloseTo(1, 12);
      const dropped = passedOver.some(({ campaignId }) => campaignId === poor.campaign.id);
      expect(candidates.some(({ campaignId }) => campaignId === poor.campaign.id)).toBe(!dropped);
    }
    const standing = await t.deps.store.spending.standings(t.deps.advertiserId, [poor.campaign.id], { profileId: null, now: clock.now() });
    expect(standing.get(poor.campaign.id)!.usedMicros).toBeLessThanOrEqual(2_500n);
  });

  test('gets back what an expired decision held, at the moment that it is needed', async () => {
    const { campaign } = await aRunningCampaign(t.deps, { budget: { totalMicros: 2_500n, dailyMicros: null } });
    const [first, second] = [await decideAmong(t.deps, [campaign]), await decideAmong(t.deps, [campaign])];
    expect([first.decisions.length, second.decisions.length]).toEqual([1, 0]);
    clock.advance(3_600_001);
    expect((await decideAmong(t.deps, [campaign])).decisions).toHaveLength(1);
    // The first has lost its place: its impression comes too late.
    expect(await recordOutcomes(t.deps, { outcomes: [{ decisionId: first.decisions[0]!.id, kind: 'IMPRESSION' }] })).toMatchObject({ recorded: 0, late: [{ index: 0, kind: 'IMPRESSION' }] });
  });
});

describe('an experiment', () => {
  let serial = 0;
  /** Arms are dealt by the experiment's id: the same in every run. */
  const running = async (stated: Partial<Experiment>): Promise<Experiment> => {
    const now = clock.now();
    const experiment: Experiment = {
      id: `00000000-0000-7000-8000-00000000000${++serial}`, advertiserId: t.deps.advertiserId, name: 'test', status: 'RUNNING', placement: null, campaignIds: [], holdout: 0,
      arms: [{ name: 'all', weight: 1, policy: 'THOMPSON', classifierVersionId: null, writerVersionId: null }],
      startsAt: now, endsAt: null, version: 1, createdAt: now, updatedAt: now, ...stated,
    };
    expect(await t.deps.store.transaction((tx) => tx.experiments.insertUnlessOverlapping(experiment))).toBeNull();
    return experiment;
  };
  const arm = (name: string, policy: ArmPolicy): ExperimentArm => ({ name, weight: 1, policy, classifierVersionId: null, writerVersionId: null });

  test('deals the same person the same arm, whose policy chooses; it is logged', async () => {
    const { campaign } = await aRunningCampaign(t.deps, {}, ['One', 'Two', 'Three', 'Four']);
    const experiment = await running({ campaignIds: [campaign.id], arms: [arm('even', 'UNIFORM'), arm('best', 'GREEDY')] });
    const arms = new Map<string, string>();
    for (let i = 0; i < 12; i++) {
      const experimentKey = `visitor-${i % 6}`;
      const { decisions: [decision] } = await decideAmong(t.deps, [campaign], { experimentKey });
      expect(decision).toMatchObject({ experimentId: experiment.id, policy: decision!.experimentArm === 'even' ? 'UNIFORM' : 'GREEDY' });
      expect(arms.get(experimentKey) ?? decision!.experimentArm).toBe(decision!.experimentArm);
      arms.set(experimentKey, decision!.experimentArm!);
      const most = Math.max(...decision!.candidates.map(({ propensity }) => propensity));
      expect(most).toBeCloseTo(decision!.policy === 'UNIFORM' ? 0.25 : 0.985, 12);
    }
    expect(new Set(arms.values())).toEqual(new Set(['even', 'best']));
  });

  test('keeps its holdout from every model', async () => {
    const { campaign } = await aRunningCampaign(t.deps);
    await running({ campaignIds: [campaign.id], holdout: 0.9 });
    const before = scorer.calls.length;
    const held = [];
    for (let i = 0; i < 12; i++) held.push(...(await decideAmong(t.deps, [campaign], { experimentKey: `visitor-${i}` })).decisions);
    const out = held.filter(({ experimentArm }) => experimentArm === 'holdout');
    expect(out.length).toBeGreaterThan(5);
    for (const each of out) expect(each).toMatchObject({ policy: 'HOLDOUT', modelVersionId: null, propensity: 0.5 });
    expect(scorer.calls.length - before).toBe(held.length - out.length);
  });

  test('of a writer shows its copy and copy by people, no other', async () => {
    const writer = await t.deps.store.modelVersions.register(aModelVersion(t.deps.advertiserId, { kind: 'WRITER' }));
    const { campaign, creatives } = await aRunningCampaign(t.deps);
    const provenance: Provenance = {
      generationJobId: null, modelVersionId: writer.id, prompt: '', seed: 1, template: { headline: '', body: null, callToAction: null }, logProbability: null, parentId: null, profileId: null,
    };
    const other = { ...provenance, modelVersionId: testIds.next() };
    const [own] = await t.deps.store.creatives.insertMany([aCreative(campaign, { headline: 'Own', provenance }), aCreative(campaign, { headline: 'Other', provenance: other })]);
    await running({ campaignIds: [campaign.id], arms: [{ ...arm('own', 'THOMPSON'), writerVersionId: writer.id }] });
    const { decisions } = await decideAmong(t.deps, [campaign], { experimentKey: 'visitor' });
    expect(new Set(decisions[0]!.candidates.map(({ creativeId }) => creativeId))).toEqual(new Set([own!.id, ...creatives.map(({ id }) => id)]));
  });

  test('has no say over people who have not agreed to measurement, nor over campaigns that it does not speak of', async () => {
    const [inside, outside] = [await aRunningCampaign(t.deps), await aRunningCampaign(t.deps)];
    await running({ campaignIds: [inside.campaign.id] });
    const shy = await aStoredProfile(t.deps, { consent: { personalisation: true, training: true, measurement: false } });
    expect((await decideAmong(t.deps, [inside.campaign], { profile: { id: shy.id } })).decisions).toMatchObject([{ experimentId: null, policy: 'THOMPSON' }]);
    expect((await decideAmong(t.deps, [inside.campaign, outside.campaign], { experimentKey: 'visitor' })).decisions).toMatchObject([{ experimentId: null }]);
  });
});

describe('a model in SHADOW', () => {
  test('scores beside the one that serves, and its scores are logged', async () => {
    const shadow = (await t.deps.store.modelVersions.register(aModelVersion(t.deps.advertiserId))).id;
    const serving = { modelVersionId: t.deps.modelVersionIds.classifier!, shadow: { modelVersionId: shadow } };
    const deps = { ...t.deps, liveModels: { ...t.deps.liveModels, classifier: () => serving } };
    const { campaign } = await aRunningCampaign(deps);
    const { decisions: [answered] } = await decideAmong(deps, [campaign]);
    const read = async () => (await deps.store.decisions.byIds(deps.advertiserId, [answered!.id]))[0]!;
    while ((await read()).shadowModelVersionId === null) await new Promise((resolve) => setTimeout(resolve, 5));
    const decision = await read();
    expect(decision).toEqual({ ...answered, shadowModelVersionId: shadow, candidates: answered!.candidates.map((each) => ({ ...each, shadowPClick: each.pClick })) });
  });

  test('is not waited for, and fails nothing', async () => {
    const shadow = (await t.deps.store.modelVersions.register(aModelVersion(t.deps.advertiserId))).id;
    const serving = { modelVersionId: t.deps.modelVersionIds.classifier!, shadow: { modelVersionId: shadow, adapter: 'slow' } };
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    const asked: unknown[] = [];
    const score: typeof t.deps.scorer.score = async (request, options) => {
      if (request.adapter !== undefined) {
        asked.push(options?.priority);
        await held;
        throw new AdloomError('DEADLINE_EXCEEDED', 'Too late.');
      }
      return t.deps.scorer.score(request, options);
    };
    const deps = { ...t.deps, scorer: { ...t.deps.scorer, score }, liveModels: { ...t.deps.liveModels, classifier: () => serving } };
    const { campaign } = await aRunningCampaign(deps);
    const { decisions: [answered] } = await decideAmong(deps, [campaign]);
    expect(asked).toEqual(['background']);
    release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await deps.store.decisions.byIds(deps.advertiserId, [answered!.id]))[0]).toMatchObject({ modelVersionId: serving.modelVersionId, shadowModelVersionId: null });
  });
});

describe('evidence', () => {
  test('of the others tells what level a new creative starts from', async () => {
    const model = t.deps.modelVersionIds.classifier!;
    const { campaign, creatives } = await aRunningCampaign(t.deps, {}, ['One', 'Two', 'Three', 'New']);
    // Each was clicked three times as often as the model says.
    const sums = creatives.slice(0, 3).map(({ id }) => ({ creativeId: id, modelVersionId: model, impressions: 4_000, clicks: 600, expectedClicks: 200 }));
    await t.deps.store.creativeEvidence.add(t.deps.advertiserId, sums, clock.now());
    const { decisions } = await decideAmong(t.deps, [campaign]);
    const fresh = decisions[0]!.candidates.find(({ creativeId }) => creativeId === creatives[3]!.id)!;
    expect(fresh.offset.mean).toBeGreaterThan(0.9);
    expect(fresh.propensity).toBeGreaterThan(0.05);
  });

  test('of both the model that served and the one beside it grows with the outcome', async () => {
    const { store, advertiserId } = t.deps;
    const [live, shadow] = [t.deps.modelVersionIds.classifier!, (await store.modelVersions.register(aModelVersion(advertiserId))).id];
    const { campaign, creatives } = await aRunningCampaign(t.deps, {}, ['One']);
    const candidates = [{ creativeId: creatives[0]!.id, campaignId: campaign.id, pClick: 0.05, shadowPClick: 0.2, offset: { mean: 0, deviation: 1 }, expectedValueMicros: 1n, propensity: 1 }];
    const decision = aDecision(creatives[0]!, { modelVersionId: live, shadowModelVersionId: shadow, candidates, createdAt: clock.now(), expiresAt: later(1e9) });
    await store.decisions.append([decision]);
    await recordOutcomes(t.deps, { outcomes: [{ decisionId: decision.id, kind: 'CLICK' }] });
    const found = await store.creativeEvidence.of(advertiserId, [live, shadow].map((modelVersionId) => ({ modelVersionId, creativeId: creatives[0]!.id })));
    expect(new Map(found.map((each) => [each.modelVersionId, [each.impressions, each.clicks, each.expectedClicks]]))).toEqual(new Map([[live, [1, 1, 0.05]], [shadow, [1, 1, 0.2]]]));
  });
});
