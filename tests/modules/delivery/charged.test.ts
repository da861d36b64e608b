import fc from 'fast-check';
import { manualClock } from '../../../src/base/clock';
import type { Campaign } from '../../../src/domain/entities/campaign';
import type { Decision } from '../../../src/domain/entities/decision';
import { recordOutcomes } from '../../../src/modules/delivery/record-outcomes';
import { releaseExpired } from '../../../src/modules/delivery/release-expired';
import type { Grouping } from '../../../src/store/reports';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { later, NOON } from '../../support/entities';
import { aRunningCampaign, aStoredProfile, decideAmong } from '../../support/running-campaign';
import { wordScorer } from '../../support/word-models';

const clock = manualClock(NOON);
let t: TestDependencies;
beforeAll(async () => {
  t = await testDependencies({ clock, scorer: wordScorer() });
});
afterAll(() => t.discard());

const FREE = { totalMicros: null, dailyMicros: null };

async function priced({ id }: Pick<Campaign, 'id'>, prices: Partial<Pick<Campaign, 'costPerThousandMicros' | 'costPerClickMicros'>>): Promise<void> {
  const [campaign] = await t.deps.store.campaigns.byIds(t.deps.advertiserId, [id]);
  expect(await t.deps.store.campaigns.update({ ...campaign!, ...prices }, campaign!.version)).not.toBeNull();
}

async function spentOf({ id }: Pick<Campaign, 'id'>): Promise<bigint> {
  const { usedMicros, heldMicros } = (await t.deps.store.spending.standings(t.deps.advertiserId, [id], { profileId: null, now: clock.now() })).get(id)!;
  return usedMicros - heldMicros;
}

async function reported({ id }: Pick<Campaign, 'id'>, grouping: Grouping = 'TOTAL'): Promise<bigint> {
  const found = await t.deps.store.reports.figures(t.deps.advertiserId, { campaignIds: [id], from: NOON, to: later(1e10) }, grouping, 1_000);
  return found.reduce((sum, { spendMicros }) => sum + spendMicros, 0n);
}

test('what was charged stays what it was when the campaign asks another price', async () => {
  const { campaign } = await aRunningCampaign(t.deps, { costPerThousandMicros: 2_000_000n, costPerClickMicros: 500_000n });
  const click = async (): Promise<void> => {
    const { decisions: [decision] } = await decideAmong(t.deps, [campaign]);
    await recordOutcomes(t.deps, { outcomes: [{ decisionId: decision!.id, kind: 'CLICK' }] });
  };
  await click();
  expect([await reported(campaign), await spentOf(campaign)]).toEqual([502_000n, 502_000n]);
  await priced(campaign, { costPerThousandMicros: 9_000_000n, costPerClickMicros: 100_000n });
  expect([await reported(campaign), await spentOf(campaign)]).toEqual([502_000n, 502_000n]);
  await click();
  expect([await reported(campaign), await spentOf(campaign)]).toEqual([611_000n, 611_000n]);
});

test('a click costs what the campaign asks when it comes', async () => {
  const { campaign } = await aRunningCampaign(t.deps, { costPerThousandMicros: 0n, costPerClickMicros: 500_000n });
  const { decisions: [decision] } = await decideAmong(t.deps, [campaign]);
  await priced(campaign, { costPerClickMicros: 300_000n });
  await recordOutcomes(t.deps, { outcomes: [{ decisionId: decision!.id, kind: 'CLICK' }] });
  expect(await t.deps.store.decisions.byIds(t.deps.advertiserId, [decision!.id])).toMatchObject([{ chargedMicros: 300_000n }]);
});

test('what the budget no longer pays for is in no report', async () => {
  const { campaign } = await aRunningCampaign(t.deps, { budget: { totalMicros: 1_200n, dailyMicros: null }, costPerThousandMicros: 0n, costPerClickMicros: 500n });
  const decided = (await Promise.all(Array.from({ length: 4 }, () => decideAmong(t.deps, [campaign])))).flatMap(({ decisions }) => decisions);
  await recordOutcomes(t.deps, { outcomes: decided.map(({ id }) => ({ decisionId: id, kind: 'CLICK' as const })) });
  expect([await reported(campaign), await spentOf(campaign)]).toEqual([1_200n, 1_200n]);
  const kept = await t.deps.store.decisions.byIds(t.deps.advertiserId, decided.map(({ id }) => id));
  expect(kept.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ chargedMicros }) => chargedMicros)).toEqual([500n, 500n, 200n, 0n]);
});

type Step =
  | { readonly do: 'price'; readonly perThousand: number; readonly perClick: number }
  | { readonly do: 'decide'; readonly person: number; readonly placements: number }
  | { readonly do: 'tell'; readonly of: readonly number[]; readonly kinds: readonly ('IMPRESSION' | 'CLICK' | 'CONVERSION')[] }
  | { readonly do: 'wait'; readonly minutes: number }
  | { readonly do: 'release' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ do: fc.constant('price' as const), perThousand: fc.nat(4_000_000), perClick: fc.nat(9_000) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('decide' as const), person: fc.nat(2), placements: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('tell' as const), of: fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }), kinds: fc.subarray(['IMPRESSION', 'CLICK', 'CONVERSION'] as const, { minLength: 1 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.nat(600) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const) }) },
  ),
  { minLength: 8, maxLength: 30 },
);

test('whatever prices, decisions, outcomes and repeats there were, reports of every kind add up to what was spent', async () => {
  // One segment each: by segment everybody counts once.
  const people = await Promise.all(['new', 'active', 'loyal'].map((segment) => aStoredProfile(t.deps, { segments: [segment] })));
  const budgets = fc.constantFrom(FREE, { totalMicros: 25_000n, dailyMicros: null }, { totalMicros: 40_000n, dailyMicros: 9_000n });
  await fc.assert(
    fc.asyncProperty(steps, budgets, async (given, budget) => {
      const { campaign } = await aRunningCampaign(t.deps, { budget, costPerThousandMicros: 1_000_000n, costPerClickMicros: 2_000n, flight: { startsAt: NOON, endsAt: null } });
      const decided: Decision[] = [];
      for (const step of given) {
        if (step.do === 'price') await priced(campaign, { costPerThousandMicros: BigInt(step.perThousand), costPerClickMicros: BigInt(step.perClick) });
        if (step.do === 'wait') clock.advance(step.minutes * 60_000);
        if (step.do === 'release') await releaseExpired(t.deps);
        if (step.do === 'decide') {
          const placements = Array.from({ length: step.placements }, (_, i) => ({ name: `place-${i}` }));
          decided.push(...(await decideAmong(t.deps, [campaign], { profile: { id: people[step.person]!.id }, placements })).decisions);
        }
        if (step.do === 'tell' && decided.length > 0) {
          const ids = [...new Set(step.of.map((index) => decided[index % decided.length]!.id))];
          await recordOutcomes(t.deps, { outcomes: ids.flatMap((decisionId) => step.kinds.map((kind) => ({ decisionId, kind }))) });
        }
      }
      const spent = await spentOf(campaign);
      const sums = await Promise.all((['TOTAL', 'CREATIVE', 'SEGMENT', 'HOUR', 'DAY'] as const).map((grouping) => reported(campaign, grouping)));
      expect(sums).toEqual(sums.map(() => spent));
    }),
    { numRuns: 12, seed: 7 },
  );
});
