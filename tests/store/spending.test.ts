import type { Campaign } from '../../src/domain/entities/campaign';
import type { Decision } from '../../src/domain/entities/decision';
import type { SpendClaim } from '../../src/store/spending';
import { aCampaign, aCreative, aDecision, aModelVersion, aProfile, later, NOON } from '../support/entities';
import { onEachDatabase, type Subject } from './on-each-database';

/** Far more than a server has connections here, so that they truly meet. */
const AT_ONCE = 1_000;
const NOBODY = { profileId: null, now: NOON };

onEachDatabase((subject) => {
  const running = async (stated: Partial<Campaign> = {}): Promise<Campaign> => {
    const { store, advertiserId } = subject();
    const campaign = aCampaign(advertiserId, {
      status: 'ACTIVE', budget: { totalMicros: null, dailyMicros: null }, flight: { startsAt: later(-30 * 86_400_000), endsAt: null }, ...stated,
    });
    await store.campaigns.insert(campaign);
    return campaign;
  };
  const of = ({ id }: Campaign, stated: Partial<SpendClaim> = {}): SpendClaim => ({
    campaignId: id, units: 1, costMicros: 10n, headroomMicros: 0n, allowanceMicros: null, cap: null, ...stated,
  });
  const standingOf = async ({ id }: Campaign, person: { profileId: string | null; now: Date } = NOBODY) => {
    const { store, advertiserId }: Subject = subject();
    return (await store.spending.standings(advertiserId, [id], person)).get(id)!;
  };

  test('a thousand claims at once hold exactly what the budget has, and never a micro more', async () => {
    const { store, advertiserId } = subject();
    const campaign = await running({ budget: { totalMicros: 3_005n, dailyMicros: null } });
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => store.spending.claim(advertiserId, [of(campaign)], NOBODY)));
    expect(answers.filter(({ size }) => size === 0)).toHaveLength(300);
    expect(new Set(answers.flatMap((refused) => [...refused.values()]))).toEqual(new Set(['BUDGET_SPENT']));
    expect(await standingOf(campaign)).toMatchObject({ usedMicros: 3_000n, usedTodayMicros: 3_000n, heldMicros: 3_000n });
  });

  test('a thousand claims at once for one person count exactly to the cap', async () => {
    const { store, advertiserId } = subject();
    const campaign = await running({ frequencyCap: { impressions: 7, perHours: 24 } });
    const [profile] = await store.profiles.ensureMany([aProfile(advertiserId)]);
    const cap = { impressions: 7, after: later(-86_400_000) };
    const person = { profileId: profile!.id, now: NOON };
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => store.spending.claim(advertiserId, [of(campaign, { cap })], person)));
    expect(answers.filter(({ size }) => size === 0)).toHaveLength(7);
    expect((await standingOf(campaign, person)).shown).toBe(7);
    expect((await standingOf(campaign)).shown).toBe(0);
  });

  test('a cap that is tightened counts what was shown under the looser one', async () => {
    const { store, advertiserId } = subject();
    const campaign = await running();
    const [profile] = await store.profiles.ensureMany([aProfile(advertiserId)]);
    const claim = (hour: number, impressions: number, perHours: number) => {
      const now = later(hour * 3_600_000);
      return store.spending.claim(advertiserId, [of(campaign, { cap: { impressions, after: new Date(now.getTime() - perHours * 3_600_000) } })], { profileId: profile!.id, now });
    };
    for (let hour = 0; hour < 6; hour++) expect([...(await claim(hour, 1, 1))]).toEqual([]);
    expect([...(await claim(6, 5, 24))]).toEqual([[campaign.id, 'CAPPED']]);
    expect([...(await claim(6, 7, 24))]).toEqual([]);
    expect([...(await claim(6, 7, 24))]).toEqual([[campaign.id, 'CAPPED']]);
    // A day after the first two, the others still count.
    expect([...(await claim(25, 6, 24))]).toEqual([]);
    expect([...(await claim(25, 6, 24))]).toEqual([[campaign.id, 'CAPPED']]);
  });

  test('claims on several campaigns at once, in any order, hold for all of them or for none', async () => {
    const { store, advertiserId } = subject();
    const rich = await running();
    const poor = await running({ budget: { totalMicros: 50n, dailyMicros: null } });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) =>
      store.spending.claim(advertiserId, i % 2 === 0 ? [of(rich), of(poor)] : [of(poor), of(rich)], NOBODY)));
    expect(answers.filter(({ size }) => size === 0)).toHaveLength(5);
    for (const refused of answers) if (refused.size > 0) expect([...refused]).toEqual([[poor.id, 'BUDGET_SPENT']]);
    expect([await standingOf(rich), await standingOf(poor)]).toMatchObject([{ usedMicros: 50n }, { usedMicros: 50n }]);
  });

  test('a claim says what stood in its way', async () => {
    const { store, advertiserId } = subject();
    const claim = async (campaign: Campaign, stated: Partial<SpendClaim> = {}) => [...(await store.spending.claim(advertiserId, [of(campaign, stated)], NOBODY)).values()];
    expect(await claim(await running({ status: 'PAUSED' }))).toEqual(['NOT_ACTIVE']);
    // A flight that was changed after the decision had looked at it.
    expect(await claim(await running({ flight: { startsAt: later(1), endsAt: null } }))).toEqual(['NOT_IN_FLIGHT']);
    expect(await claim(await running({ flight: { startsAt: later(-1), endsAt: NOON } }))).toEqual(['NOT_IN_FLIGHT']);
    expect(await claim(await running({ flight: { startsAt: NOON, endsAt: later(1) } }))).toEqual([]);
    expect(await claim(await running({ budget: { totalMicros: null, dailyMicros: 9n } }))).toEqual(['BUDGET_SPENT']);
    expect(await claim(await running(), { allowanceMicros: 9n })).toEqual(['PACED']);
    expect(await claim(await running({ budget: { totalMicros: 20n, dailyMicros: null } }), { headroomMicros: 11n })).toEqual(['BUDGET_SPENT']);
    expect(await claim(aCampaign(advertiserId))).toEqual(['NOT_ACTIVE']);
    expect(await claim(await running(), { allowanceMicros: 10n })).toEqual([]);
  });

  test('one campaign of the largest amounts, and no budget, stops nobody: what is beyond what can be kept stays at that', async () => {
    const { store, advertiserId } = subject();
    const MOST = 9_223_372_036_854_775_807n;
    const [rich, poor] = [await running(), await running({ budget: { totalMicros: 1_000n, dailyMicros: null } })];
    const [creative] = await store.creatives.insertMany([aCreative(rich)]);
    const decisions = Array.from({ length: 12 }, () => aDecision(creative!, { costMicros: 0n, reservedMicros: 0n }));
    await store.decisions.append(decisions);
    const amount = 1_000_000_000_000_000_000n;
    for (const { id: decisionId } of decisions) {
      expect(await store.spending.claim(advertiserId, [of(rich, { costMicros: amount, headroomMicros: amount }), of(poor)], NOBODY)).toEqual(new Map());
      await store.spending.charge(advertiserId, [{ decisionId, campaignId: rich.id, day: '2026-11-23', chargeMicros: amount, freedMicros: 0n }]);
    }
    expect((await standingOf(rich)).usedMicros).toBe(MOST);
    expect((await standingOf(poor)).usedMicros).toBe(120n);
  });

  test('a clock that goes back neither hides what was counted nor frees budget', async () => {
    const { store, advertiserId } = subject();
    const campaign = await running({ budget: { totalMicros: 100n, dailyMicros: 30n }, frequencyCap: { impressions: 3, perHours: 24 } });
    const [profile] = await store.profiles.ensureMany([aProfile(advertiserId)]);
    const shown: number[] = [];
    // Forward an hour, back a day, to and fro: the total holds over all days, and the cap over all moments.
    for (const hours of [0, 1, -24, -23, 2, -48, 0, 1]) {
      const now = later(hours * 3_600_000);
      const cap = { impressions: 3, after: new Date(now.getTime() - 24 * 3_600_000) };
      const refused = await store.spending.claim(advertiserId, [of(campaign, { cap })], { profileId: profile!.id, now });
      if (refused.size === 0) shown.push(hours);
    }
    expect(shown).toEqual([0, 1, -24]);
    const { usedMicros } = await standingOf(campaign);
    // At noon, and twice an hour after: each counts for a day, and not a moment longer.
    const shownIn = async (hours: number) => (await standingOf(campaign, { profileId: profile!.id, now: later(hours * 3_600_000 - 1) })).shown;
    expect([await shownIn(24), await shownIn(25), await shownIn(25.001)]).toEqual([3, 2, 0]);
    expect(usedMicros).toBe(30n);
  });

  describe('what is held', () => {
    const decided = async (campaign: Campaign, stated: Partial<Decision>[]): Promise<Decision[]> => {
      const { store, advertiserId } = subject();
      const [creative] = await store.creatives.insertMany([aCreative(campaign)]);
      const decisions = stated.map((each) => aDecision(creative!, { costMicros: 10n, reservedMicros: 10n, ...each }));
      await store.decisions.append(decisions);
      for (const { createdAt } of decisions) await store.spending.claim(advertiserId, [of(campaign)], { profileId: null, now: createdAt });
      return decisions;
    };

    test('is free again once it has expired, once', async () => {
      const { store, advertiserId } = subject();
      const campaign = await running();
      await decided(campaign, [{ expiresAt: later(1) }, { expiresAt: later(2), createdAt: later(-86_400_000) }, { expiresAt: later(3) }]);
      const released = await Promise.all(Array.from({ length: 10 }, () => store.spending.releaseExpired(advertiserId, later(2))));
      expect(released.reduce((sum, each) => sum + each, 0)).toBe(2);
      expect(await standingOf(campaign)).toMatchObject({ usedMicros: 10n, usedTodayMicros: 10n, heldMicros: 10n });
    });

    test('is charged when it is seen, once however many tell of it at once', async () => {
      const { store, advertiserId } = subject();
      const campaign = await running();
      const [decision] = await decided(campaign, [{}]);
      const marks = await Promise.all(Array.from({ length: 20 }, () => store.decisions.mark(advertiserId, [{ id: decision!.id, impressionAt: later(1), clickAt: null }])));
      const seen = marks.flat().filter((each) => each.seen);
      expect(seen).toEqual([{ id: decision!.id, seen: true, clicked: false, freedMicros: 10n }]);
      await store.spending.charge(advertiserId, [{ decisionId: decision!.id, campaignId: campaign.id, day: '2026-11-23', chargeMicros: 10n, freedMicros: 10n }]);
      expect(await standingOf(campaign)).toMatchObject({ usedMicros: 10n, heldMicros: 0n });
      expect(await store.decisions.byIds(advertiserId, [decision!.id])).toMatchObject([{ costMicros: 10n, reservedMicros: 0n, chargedMicros: 10n }]);
      expect(await store.spending.releaseExpired(advertiserId, later(1e9))).toBe(0);
    });

    test('and charged beyond that at most to the end of the budgets, of a thousand clicks at once', async () => {
      const { store, advertiserId } = subject();
      const campaign = await running({ budget: { totalMicros: 105n, dailyMicros: 104n } });
      const decisions = await decided(campaign, [{}]);
      const charge = { decisionId: decisions[0]!.id, campaignId: campaign.id, day: '2026-11-23', chargeMicros: 3n, freedMicros: 0n };
      await Promise.all(Array.from({ length: AT_ONCE }, () => store.spending.charge(advertiserId, [charge])));
      expect(await standingOf(campaign)).toMatchObject({ usedMicros: 104n, heldMicros: 10n });
      expect(await store.decisions.byIds(advertiserId, [charge.decisionId])).toMatchObject([{ chargedMicros: 94n }]);
    });

    test('and where they end within one batch, in the order of the decisions, each keeping its own', async () => {
      const { store, advertiserId } = subject();
      const campaign = await running({ budget: { totalMicros: 37n, dailyMicros: null } });
      const decisions = await decided(campaign, [{}, {}, {}]);
      const charges = decisions.map(({ id }) => ({ decisionId: id, campaignId: campaign.id, day: '2026-11-23', chargeMicros: 15n, freedMicros: 10n }));
      await store.spending.charge(advertiserId, charges.toReversed());
      const kept = await store.decisions.byIds(advertiserId, decisions.map(({ id }) => id));
      expect(decisions.map((each) => kept.find(({ id }) => id === each.id)!.chargedMicros)).toEqual([15n, 15n, 7n]);
      expect(await standingOf(campaign)).toMatchObject({ usedMicros: 37n, heldMicros: 0n });
    });
  });

  test('evidence of one creative is the sum of what all added, in any order', async () => {
    const { store, advertiserId } = subject();
    const campaign = await running();
    const creatives = await store.creatives.insertMany([aCreative(campaign), aCreative(campaign)]);
    const model = await store.modelVersions.register(aModelVersion(advertiserId));
    const sums = creatives.map(({ id }) => ({ creativeId: id, modelVersionId: model.id, impressions: 2, clicks: 1, expectedClicks: 0.25 }));
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.creativeEvidence.add(advertiserId, i % 2 ? sums : sums.toReversed(), NOON)));
    const found = await store.creativeEvidence.of(advertiserId, sums);
    expect(found.map(({ impressions, clicks, expectedClicks }) => [impressions, clicks, expectedClicks])).toEqual([[40, 20, 5], [40, 20, 5]]);
  });

  test('traffic is summed by campaign and hour; that of a campaign that is gone is dropped', async () => {
    const { store, advertiserId } = subject();
    const campaign = await running();
    const count = { campaignId: campaign.id, hour: NOON, requests: 3 };
    await store.traffic.add(advertiserId, [count, { ...count, hour: later(3_600_000) }, { ...count, campaignId: aCampaign(advertiserId).id }]);
    await store.traffic.add(advertiserId, [count]);
    expect(await store.traffic.between(advertiserId, [campaign.id], later(-1), later(1))).toEqual([{ ...count, requests: 6 }]);
  });
});
