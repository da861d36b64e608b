import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { badInput } from '../../base/errors';
import type { Interest, Profile } from '../../domain/entities/profile';
import { eraseProfile } from '../../modules/profiles/erase-profile';
import { countProfiles, currentInterests, listProfiles, profileByExternalId } from '../../modules/profiles/read-profiles';
import { recordEvents } from '../../modules/profiles/record-events';
import { upsertProfile } from '../../modules/profiles/upsert-profile';
import type { GraphContext } from '../context';
import { settle } from '../errors/user-error.type';
import { nullToAbsent } from '../null-to-absent';
import { connection, type Connection } from '../relay/connection.type';
import { ID_TEXT, fromGlobalId, toGlobalId } from '../relay/global-id';
import { PageArgs } from '../relay/page.args';
import { EraseProfileInput, ProfileFilterInput, ProfileSortInput, RecordEventsInput, UpsertProfileInput } from './profile.input';
import { AttributeType, EraseProfilePayload, InterestType, ProfileConnection, ProfilePayload, ProfileType, RecordEventsPayload } from './profile.type';

@Resolver(() => ProfileType)
export class ProfileResolver {
  @Query(() => ProfileType, { nullable: true, description: "One profile, by its id or by the caller's id of the person; null when there is none." })
  profile(
    @Arg('id', () => ID, { nullable: true, description: 'Its id.' }) id: string | null,
    @Arg('externalId', () => String, { nullable: true, description: "The caller's id of the person." }) externalId: string | null,
    @Ctx() { deps, loaders }: GraphContext,
  ): Promise<Profile | null> {
    if ((id == null) === (externalId == null)) throw badInput('id', 'profile takes either id or externalId.', 'Send exactly one of them.');
    return id == null ? profileByExternalId(deps, externalId!) : loaders.profile.load(fromGlobalId('id', 'Profile', id));
  }

  @Query(() => ProfileConnection, { description: 'Profiles, newest first unless sorted otherwise.' })
  async profiles(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ProfileFilterInput, { nullable: true, description: 'Which ones.' }) filter: ProfileFilterInput | null,
    @Arg('sort', () => ProfileSortInput, { nullable: true, description: 'In which order.' }) sort: ProfileSortInput | null,
    @Ctx() { deps, loaders }: GraphContext,
  ): Promise<Connection<Profile>> {
    const asked = nullToAbsent(filter);
    const found = await listProfiles(deps, { filter: asked, page: { ...page, sort } });
    for (const { node } of found.edges) loaders.profile.prime(node.id, node);
    return connection(found, page.after, () => countProfiles(deps, asked));
  }

  @Mutation(() => ProfilePayload, { description: 'Makes the profile of a person, or changes what is stated of them. Safe to repeat.' })
  upsertProfile(
    @Arg('input', () => UpsertProfileInput, { description: 'The person.' }) input: UpsertProfileInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<ProfilePayload> {
    return settle({ profile: null }, async () => ({
      profile: await upsertProfile(deps, { ...input, consent: input.consent ?? undefined, attributes: input.attributes ?? undefined }),
    }));
  }

  @Mutation(() => EraseProfilePayload, {
    description: 'Erases a person: what is kept of them goes, decisions and outcomes stay counted without them, and no later training reads what was personalised for them. There is no way back.',
  })
  eraseProfile(
    @Arg('input', () => EraseProfileInput, { description: 'Whom.' }) input: EraseProfileInput,
    @Ctx() { deps, loaders }: GraphContext,
  ): Promise<EraseProfilePayload> {
    return settle<{ erased: object | null }>({ erased: null }, async () => {
      const erased = await eraseProfile(deps, input);
      return { erased: erased && { ...erased, models: await loaders.modelVersion.loadMany([...erased.modelVersionIds]) } };
    });
  }

  @Mutation(() => RecordEventsPayload, {
    description: 'Takes in what people did, at most 1,000 events at once, and derives their profiles anew: the next prediction reads them.',
  })
  recordEvents(
    @Arg('input', () => RecordEventsInput, { description: 'The events.' }) input: RecordEventsInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<RecordEventsPayload> {
    return settle({ recorded: 0, replayed: 0, profiles: [] as object[] }, async () => {
      const { recorded, replayed, profiles } = await recordEvents(deps, input);
      return { recorded, replayed, profiles: [...profiles] };
    });
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() profile: Profile): string {
    return toGlobalId('Profile', profile.id);
  }

  @FieldResolver(() => [AttributeType], { description: 'Stated facts.' })
  attributes(@Root() profile: Profile): AttributeType[] {
    return Object.entries(profile.attributes).map(([name, value]) => ({ name, value }));
  }

  @FieldResolver(() => [InterestType], {
    description: 'Themes the person follows, heaviest first.',
    complexity: ({ childComplexity }) => 1 + 5 * childComplexity,
  })
  interests(
    @Root() profile: Profile,
    @Arg('first', () => Int, { defaultValue: 10, description: 'How many, 1 to 100.' }) first: number,
    @Ctx() { deps }: GraphContext,
  ): readonly Interest[] {
    return currentInterests(deps, profile).slice(0, Math.min(Math.max(first, 0), 100));
  }
}
