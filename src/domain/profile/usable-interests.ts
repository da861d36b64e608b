import type { Vertical } from '../entities/campaign';
import type { Consent, Interest } from '../entities/profile';
import { barredTermsIn } from './barred-attributes';
import { interestsAt } from './interests';

/** Interests that copy of this vertical may be written for, heaviest first: none without consent, none that give a barred attribute away. */
export function usableInterests(
  profile: { readonly consent: Consent; readonly interests: readonly Interest[] },
  vertical: Vertical,
  now: Date,
): Interest[] {
  if (!profile.consent.personalisation) return [];
  return interestsAt(profile.interests, now).filter((interest) => barredTermsIn(interest.name, vertical).length === 0);
}
