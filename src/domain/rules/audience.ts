import type { AudienceRules, Vertical } from '../entities/campaign';
import type { Profile } from '../entities/profile';
import { barredTermsIn, readableAttributes } from '../profile/barred-attributes';
import { interestName } from '../profile/interests';

/**
 * Whether a campaign is for this person. Without consent for personalisation nothing of the profile may be used, so that
 * only campaigns that ask for nothing match. In a regulated vertical barred attributes, and interests that give them away, read as absent.
 */
export function matchesAudience(
  rules: AudienceRules,
  profile: Pick<Profile, 'consent' | 'interests' | 'segments' | 'attributes'>,
  vertical: Vertical,
): boolean {
  const asksNothing = Object.values(rules).every((rule: readonly unknown[]) => rule.length === 0);
  if (asksNothing) return true;
  if (!profile.consent.personalisation) return false;
  const interests = new Set(profile.interests.map(({ name }) => name).filter((name) => barredTermsIn(name, vertical).length === 0));
  const segments = new Set(profile.segments);
  const attributes = readableAttributes(profile.attributes, vertical);
  return (
    anyOf(rules.interestsAnyOf.map(interestName), interests) &&
    !rules.interestsNoneOf.some((name) => interests.has(interestName(name))) &&
    anyOf(rules.segmentsAnyOf, segments) &&
    !rules.segmentsNoneOf.some((name) => segments.has(name)) &&
    rules.attributes.every((rule) => {
      const value = attributes[rule.name];
      return value !== undefined && rule.anyOf.includes(value);
    })
  );
}

function anyOf(wanted: readonly string[], had: ReadonlySet<string>): boolean {
  return wanted.length === 0 || wanted.some((name) => had.has(name));
}
