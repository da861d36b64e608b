import type { Interest, Profile } from '../../domain/entities/profile';
import { interestsAt } from '../../domain/profile/interests';
import type { ProfileFilter, ProfileSortField } from '../../store/profiles';
import type { Dependencies } from '../dependencies';
import { pageRequest, type Page, type PageInput } from '../input/page';

export type { ProfileFilter, ProfileSortField } from '../../store/profiles';

export function profilesByIds(deps: Dependencies, ids: readonly string[]): Promise<Profile[]> {
  return deps.store.profiles.byIds(deps.advertiserId, ids);
}

export async function profileByExternalId(deps: Dependencies, externalId: string): Promise<Profile | null> {
  return (await deps.store.profiles.byExternalIds(deps.advertiserId, [externalId]))[0] ?? null;
}

export async function listProfiles(
  deps: Dependencies,
  input: { filter: ProfileFilter; page: PageInput<ProfileSortField> },
): Promise<Page<Profile>> {
  return deps.store.profiles.page(deps.advertiserId, input.filter, pageRequest(input.page));
}

export function countProfiles(deps: Dependencies, filter: ProfileFilter): Promise<number> {
  return deps.store.profiles.count(deps.advertiserId, filter);
}

/** Interests with the weights they have now, heaviest first. */
export function currentInterests(deps: Dependencies, profile: Profile): readonly Interest[] {
  return interestsAt(profile.interests, deps.clock.now());
}
