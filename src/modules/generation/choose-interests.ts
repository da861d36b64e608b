import type { Campaign } from '../../domain/entities/campaign';
import type { Profile } from '../../domain/entities/profile';
import { interestName } from '../../domain/profile/interests';
import { barredTermsIn } from '../../domain/profile/barred-attributes';
import { usableInterests } from '../../domain/profile/usable-interests';
import type { Dependencies } from '../dependencies';

/** More themes than this in one request, and none gets enough copy to choose from. */
const MOST_INTERESTS = 3;
/** An interest this much lighter than the heaviest is not what the person is about. */
const LEAST_SHARE = 0.25;
const SEGMENT_SAMPLE = 200;

/**
 * What copy is written for, strongest first: the interest that was asked for; else what the person is into, as far as consent
 * and the vertical allow; else what the campaign's audience is asked to be into; else nothing, and the copy speaks of the product.
 */
export function chooseInterests(campaign: Campaign, profile: Profile | null, asked: string | null, now: Date): string[] {
  if (asked !== null) return barredTermsIn(asked, campaign.vertical).length === 0 ? [asked] : [];
  if (profile !== null) {
    const all = usableInterests(profile, campaign.vertical, now);
    // Of somebody into running and tea, a shoe shop's copy speaks of running.
    const wanted = new Set(campaign.audience.interestsAnyOf.map(interestName));
    const aimed = all.filter(({ name }) => wanted.has(name));
    const interests = aimed.length > 0 ? aimed : all;
    const heaviest = interests[0]?.weight ?? 0;
    return interests.filter(({ weight }) => weight >= heaviest * LEAST_SHARE).slice(0, MOST_INTERESTS).map(({ name }) => name);
  }
  return campaign.audience.interestsAnyOf.filter((name) => barredTermsIn(name, campaign.vertical).length === 0).slice(0, MOST_INTERESTS);
}

/** The interest that weighs most among the people of a segment who agreed to personalisation; null when there are none. */
export async function interestOfSegment(deps: Dependencies, campaign: Campaign, segment: string): Promise<string | null> {
  const page = await deps.store.profiles.page(
    deps.advertiserId,
    { segmentsAnyOf: [segment], consent: { personalisation: true } },
    { first: SEGMENT_SAMPLE, sort: { field: 'UPDATED_AT', direction: 'DESC' } },
  );
  const shares = new Map<string, number>();
  for (const { node } of page.edges) {
    const interests = usableInterests(node, campaign.vertical, deps.clock.now());
    const total = interests.reduce((sum, { weight }) => sum + weight, 0);
    // Each person has one voice, however much they clicked.
    for (const { name, weight } of interests) shares.set(name, (shares.get(name) ?? 0) + weight / total);
  }
  return Array.from(shares).toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
