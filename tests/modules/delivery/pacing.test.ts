import { silentLogger } from '../../../src/base/logger';
import { createRng } from '../../../src/base/rng';
import { allowanceOf } from '../../../src/modules/delivery/allowance';
import { createTrafficCounter } from '../../../src/modules/delivery/traffic-counter';
import { onEachDatabase } from '../../store/on-each-database';
import { aRunningCampaign } from '../../support/running-campaign';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MONDAY = Date.UTC(2026, 10, 23);
const COST = 1_000n;
const PLANNED = 300;
const REQUESTS = 700;

/** Most of the day's requests come in the morning, and few at night. */
const SKEW = [1, 1, 1, 1, 2, 6, 18, 30, 34, 30, 22, 14, 9, 6, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1];

/** Moments of a day's requests; each day has noise of its own. */
function requestsOf(day: number, seed: number): number[] {
  const rng = createRng(seed);
  const weights = SKEW.map((weight) => weight * Math.exp(0.15 * rng.normal()));
  const total = weights.reduce((sum, each) => sum + each, 0);
  return weights.flatMap((weight, hour) => Array.from({ length: Math.round((REQUESTS * weight) / total) }, () => day + (hour + rng.next()) * HOUR)).toSorted((a, b) => a - b);
}

onEachDatabase((subject) => {
  /** A day of claims; what was spent, as a share of the plan. @param learnedDays before it, whose traffic was counted */
  async function spentOf(learnedDays: number): Promise<number> {
    const { store, advertiserId } = subject();
    const { campaign } = await aRunningCampaign({ store, advertiserId }, {
      pacing: 'EVEN', budget: { totalMicros: null, dailyMicros: COST * BigInt(PLANNED) }, flight: { startsAt: new Date(MONDAY - 7 * DAY), endsAt: null },
    });
    const traffic = createTrafficCounter({ store, advertiserId, logger: silentLogger });
    for (let day = 1; day <= learnedDays; day++) for (const at of requestsOf(MONDAY - day * DAY, day)) traffic.count([campaign.id], new Date(at));
    await traffic.flush();
    let used = 0n;
    for (const at of requestsOf(MONDAY, 99)) {
      const now = new Date(at);
      const curve = (await traffic.curves([campaign.id], now)).get(campaign.id)!;
      const allowanceMicros = allowanceOf(campaign, { usedMicros: used, usedTodayMicros: used }, curve, now)!;
      traffic.count([campaign.id], now);
      // What decide knows beforehand spares a claim that would be refused.
      if (used + COST > allowanceMicros) continue;
      const refused = await store.spending.claim(advertiserId, [{ campaignId: campaign.id, units: 1, costMicros: COST, headroomMicros: 0n, allowanceMicros, cap: null }], { profileId: null, now });
      expect(refused.size).toBe(0);
      used += COST;
    }
    await traffic.close();
    const standing = await store.spending.standings(advertiserId, [campaign.id], { profileId: null, now: new Date(MONDAY + DAY - 1) });
    expect(standing.get(campaign.id)!.usedTodayMicros).toBe(used);
    return Number(used) / Number(COST) / PLANNED;
  }

  test('a day of skewed traffic spends its plan, within 1 % above and 3 % below', async () => {
    const spent = await spentOf(5);
    expect(spent).toBeLessThanOrEqual(1.01);
    expect(spent).toBeGreaterThanOrEqual(0.97);
  });

  test('which it would not without having learned how traffic spreads', async () => {
    expect(await spentOf(0)).toBeLessThan(0.97);
  });
});
