/** A log of decisions in a small market: "early" sells to runners and "late" to travellers, and one choice in five is chance. */
import { createRng } from '../../../src/base/rng';
import type { Vertical } from '../../../src/domain/entities/campaign';
import type { Decision } from '../../../src/domain/entities/decision';
import type { Dependencies } from '../../../src/modules/dependencies';
import { aCampaign, aCreative, aDecision, anEvent, aProfile, later, NOON } from '../../support/entities';
import { testIds } from '../../support/embedded-store';

const MINUTE = 60_000;

export async function writeMarketLog(deps: Dependencies, { vertical, decisions, seed = 1, runners = 0.5 }: { vertical: Vertical; decisions: number; seed?: number; runners?: number }): Promise<Date> {
  const { store, advertiserId } = deps;
  const rng = createRng(seed);
  const pick = <T>(items: readonly T[]): T => items[rng.int(items.length)]!;
  const campaign = aCampaign(advertiserId, { vertical, status: 'ACTIVE' });
  await store.campaigns.insert(campaign);
  const creatives = ['Start early this week', 'Start late this week', 'Pack early today', 'Pack late today'].map((headline) => aCreative(campaign, { headline, body: null }));
  await store.creatives.insertMany(creatives);
  // Whoever judges is chosen by a hash of the person's id: the same people in every run.
  const people = Array.from({ length: Math.ceil(decisions / 6) }, (_, i) => ({ profile: aProfile(advertiserId, { id: `00000000-0000-7000-8000-${String(seed * 1_000_000 + i).padStart(12, '0')}`, externalId: `${vertical} ${seed} ${i}`, consent: { personalisation: true, training: true, measurement: true } }), runner: rng.next() < runners }));
  await store.profiles.ensureMany(people.map(({ profile }) => profile));
  await store.events.record(people.flatMap(({ profile, runner }) =>
    ['map', pick(runner ? ['trail running', 'running shoes', 'lace'] : ['city breaks', 'trains', 'hotels'])].map((itemText, i) => anEvent(profile, { itemText, occurredAt: later(-(9 - i) * MINUTE), receivedAt: later(-MINUTE) }))));
  const log = Array.from({ length: decisions }, (_, i): Decision => {
    const { profile, runner } = pick(people);
    const shown = pick(creatives);
    const right = shown.headline.includes('early') === runner;
    const clicked = rng.next() < 0.2 ? rng.next() < 0.5 : right;
    const at = later(i * MINUTE);
    return aDecision(shown, {
      id: testIds.next(), vertical, profileId: profile.id, personalised: true, propensity: 0.25, pClick: 0.3, policy: 'THOMPSON', device: 'cpu', placement: pick(['home', 'feed']), createdAt: at,
      impressionAt: at, clickAt: clicked ? later(1_000, at) : null,
      candidates: creatives.map(({ id }) => ({ creativeId: id, campaignId: campaign.id, pClick: 0.3, offset: { mean: 0, deviation: 0.25 }, expectedValueMicros: 300n, propensity: 0.25 })),
    });
  });
  for (let from = 0; from < log.length; from += 500) await store.decisions.append(log.slice(from, from + 500));
  return later(decisions * MINUTE + 60 * MINUTE, NOON);
}
