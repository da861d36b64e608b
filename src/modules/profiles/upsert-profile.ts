import { AdloomError } from '../../base/errors';
import type { Consent, Profile } from '../../domain/entities/profile';
import { deriveProfile } from '../../domain/profile/derive-profile';
import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';
import { rehearse } from '../input/once';
import { staleVersion } from '../input/stale-version';
import { Checker } from '../input/problems';
import { checkText } from '../input/text';

export interface UpsertProfile {
  readonly externalId: string;
  /** Purposes that are not named stay as they are; a new profile starts with none. */
  readonly consent?: Partial<Consent>;
  /** Replaces all attributes when given. */
  readonly attributes?: readonly { readonly name: string; readonly value: string }[];
  /** When given, the profile must exist at this version. */
  readonly expectedVersion?: number | null;
  readonly validateOnly?: boolean;
}

export const NO_CONSENT: Consent = { personalisation: false, training: false, measurement: false };

/** Makes the profile of a person, or changes what is stated of them; what they did is untouched. Safe to repeat. */
export async function upsertProfile(deps: Dependencies, input: UpsertProfile): Promise<Profile | null> {
  checkInput(input);
  const now = deps.clock.now();
  const upsert = async (tx: Queries): Promise<Profile> => {
    const fresh = withStated(newProfile(deps, input.externalId, now), input, now);
    const [ensured] = await tx.profiles.ensureMany([fresh]);
    if (ensured!.id === fresh.id) {
      if (input.expectedVersion != null) throw nobody(input.externalId);
      return ensured!;
    }
    const [known] = await tx.profiles.lockByIds(deps.advertiserId, [ensured!.id]);
    if (!known) throw new AdloomError('CONFLICT', 'The profile was erased meanwhile.', { field: 'externalId', hint: 'Send it again.' });
    if (input.expectedVersion != null && known.version !== input.expectedVersion) {
      throw staleVersion('profile', input.expectedVersion, known.version);
    }
    const [saved] = await tx.profiles.updateMany([withStated(known, input, now)]);
    return saved!;
  };
  if (!input.validateOnly) return deps.store.transaction(upsert);
  await rehearse(deps, 'upsertProfile', null, input, async (tx) => (await upsert(tx)).id);
  return null;
}

function withStated(profile: Profile, input: UpsertProfile, now: Date): Profile {
  const consent = { ...profile.consent, ...definedOnly(input.consent) };
  const attributes = input.attributes ? Object.fromEntries(input.attributes.map(({ name, value }) => [name, value])) : profile.attributes;
  return { ...profile, consent, attributes, ...deriveProfile({ ...profile, consent }, [], now), updatedAt: now };
}

function nobody(externalId: string): AdloomError {
  return new AdloomError('NOT_FOUND', `There is no profile with the external id ${JSON.stringify(externalId)}, and expectedVersion says that there is.`, {
    field: 'externalId', hint: 'Check the id, or leave expectedVersion out to make a new profile.',
  });
}

/** A person of whom nothing is known and who has agreed to nothing. */
export function newProfile(deps: Dependencies, externalId: string, now: Date): Profile {
  return {
    id: deps.ids.next(),
    advertiserId: deps.advertiserId,
    externalId,
    consent: NO_CONSENT,
    attributes: {},
    interests: [],
    segments: [],
    recentItems: [],
    profileText: '',
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

function checkInput(input: UpsertProfile): void {
  const check = new Checker();
  checkText(check, 'externalId', input.externalId, { max: 200 });
  const attributes = input.attributes ?? [];
  if (attributes.length > 100) check.add('attributes', `attributes may have at most 100 entries; it has ${attributes.length}.`);
  const names = new Set<string>();
  attributes.slice(0, 100).forEach(({ name, value }, index) => {
    checkText(check, `attributes.${index}.name`, name, { max: 80 });
    checkText(check, `attributes.${index}.value`, value, { max: 200 });
    if (names.has(name)) check.add(`attributes.${index}.name`, `attributes names ${JSON.stringify(name)} twice.`);
    names.add(name);
  });
  check.orThrow();
}

function definedOnly(consent: Partial<Consent> | undefined): Partial<Consent> {
  return Object.fromEntries(Object.entries(consent ?? {}).filter(([, value]) => typeof value === 'boolean'));
}
