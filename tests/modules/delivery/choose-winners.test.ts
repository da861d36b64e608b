import { createRng } from '../../../src/base/rng';
import { chooseWinners, type Contest, type Winner } from '../../../src/modules/delivery/choose-winners';
import type { WeighedCandidate } from '../../../src/modules/delivery/weigh-candidates';

/** A creative of a campaign, as far as a choice looks at it. */
const candidate = (campaign: string, creative: string, stated: { gain?: number; logit?: number; deviation?: number } = {}): WeighedCandidate =>
  ({ campaign: { id: campaign }, creative: { id: creative }, gain: stated.gain ?? 1, logit: stated.logit ?? -4, offset: { mean: 0, deviation: stated.deviation ?? 0.3 }, toLearnFrom: Infinity }) as unknown as WeighedCandidate;
const list = [candidate('a', '1'), candidate('a', '2', { logit: -4.2 }), candidate('b', '3', { gain: 0 }), candidate('b', '4', { logit: -3.9, deviation: 0.1 })];
const home = (count: number): Contest => ({ name: 'home', count, plan: { policy: 'THOMPSON' } as Contest['plan'], candidates: list });
const plenty = new Map([['a', 9], ['b', 9]]);
const ids = (winners: readonly Winner[]): string => winners.map(({ chosen }) => chosen.creative.id).join();

describe('several winners', () => {
  test('are different creatives, and their propensities multiply to how often they come', () => {
    const rng = createRng(3);
    const seen = new Map<string, { count: number; probability: number }>();
    const draws = 4_000;
    for (let k = 0; k < draws; k++) {
      const winners = chooseWinners({ contests: [home(2)], room: plenty, rng });
      if (winners[0]!.chosen === winners[1]!.chosen) throw new Error(`chosen twice: ${ids(winners)}`);
      const before = seen.get(ids(winners)) ?? { count: 0, probability: winners.reduce((product, { propensity }) => product * propensity, 1) };
      seen.set(ids(winners), { ...before, count: before.count + 1 });
    }
    for (const { count, probability } of seen.values()) expect(Math.abs(count / draws - probability)).toBeLessThan(5 * Math.sqrt(probability / draws));
  });

  test('are fewer where candidates are, and the last one is certain', () => {
    const winners = chooseWinners({ contests: [home(3), home(9)], room: plenty, rng: createRng(1) });
    expect(winners.map(({ chosen }) => chosen.creative.id).toSorted()).toEqual(['1', '2', '3', '4']);
    expect(winners[3]!.propensity).toBe(1);
  });

  test('of a campaign are no more than it has room for, and those chosen after are chosen among the rest', () => {
    const winners = chooseWinners({ contests: [home(4)], room: new Map([['a', 1], ['b', 1]]), rng: createRng(2) });
    expect(winners).toHaveLength(2);
    expect(new Set(winners.map(({ chosen }) => chosen.campaign.id)).size).toBe(2);
    expect(winners[1]!.among).toHaveLength(2);
  });
});
