import { notFound } from '../../base/errors';
import type { Interest, Profile } from '../../domain/entities/profile';
import { interestName, interestsAt } from '../../domain/profile/interests';
import type { ProfileFilter, ProfileSortField } from '../../store/profiles';
import type { Dependencies } from '../dependencies';
import { checkedExternalId, checkedFilter } from '../input/filter';
import { pageRequest, type Page, type PageInput } from '../input/page';
import type { Reference } from '../input/reference';

export type { ProfileFilter, ProfileSortField } from '../../store/profiles';

export function profilesByIds(deps: Dependencies, ids: readonly string[]): Promise<Profile[]> {
  return deps.store.profiles.byIds(deps.advertiserId, ids);
}

/** @throws NOT_FOUND */
export async function profileOf(deps: Dependencies, reference: Reference): Promise<Profile> {
  const [profile] =
    'id' in reference
      ? await deps.store.profiles.byIds(deps.advertiserId, [reference.id])
      : await deps.store.profiles.byExternalIds(deps.advertiserId, [checkedExternalId(reference.externalId, 'profileExternalId')]);
  if (!profile) throw notFound('profile', 'id' in reference ? undefined : reference.externalId);
  return profile;
}

export async function profileByExternalId(deps: Dependencies, externalId: string): Promise<Profile | null> {
  return (await deps.store.profiles.byExternalIds(deps.advertiserId, [checkedExternalId(externalId)]))[0] ?? null;
}

export async function listProfiles(
  deps: Dependencies,
  input: { filter: ProfileFilter; page: PageInput<ProfileSortField> },
): Promise<Page<Profile>> {
  return deps.store.profiles.page(deps.advertiserId, asKept(input.filter), pageRequest(input.page));
}

export async function countProfiles(deps: Dependencies, filter: ProfileFilter): Promise<number> {
  return deps.store.profiles.count(deps.advertiserId, asKept(filter));
}

/** Checked, its interests spelt as profiles have them. */
function asKept(filter: ProfileFilter): ProfileFilter {
  const { interestsAnyOf } = checkedFilter(filter);
  return interestsAnyOf === undefined ? filter : { ...filter, interestsAnyOf: interestsAnyOf.map(interestName) };
}

/** Interests with the weights they have now, heaviest first. */
export function currentInterests(deps: Dependencies, profile: Profile): readonly Interest[] {
  return interestsAt(profile.interests, deps.clock.now());
}
