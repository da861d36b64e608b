import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { Money } from '../../domain/entities/money';
import type { Prediction } from '../../domain/entities/prediction';
import type { Profile } from '../../domain/entities/profile';
import { rankCreatives, type Ranking } from '../../modules/predictions/rank-creatives';
import type { RankedPrediction } from '../../modules/predictions/rank-in-time';
import { listPredictions, type PredictionFilter } from '../../modules/predictions/read-predictions';
import { CampaignType } from '../campaigns/campaign.type';
import type { GraphContext } from '../context';
import { CreativeType } from '../creatives/creative.type';
import { listen, type Heard } from '../listen';
import { ModelVersionType } from '../models/model-version.type';
import { MoneyType } from '../money/money.type';
import { ProfileType } from '../profiles/profile.type';
import { connection, type Connection } from '../relay/connection.type';
import { toFeedCursor } from '../relay/feed-cursor';
import { ID_TEXT, fromGlobalId, fromGlobalIdOrNull, toGlobalId } from '../relay/global-id';
import { type PredictionFilterInput, PredictionsArgs, RankArgs } from './prediction.input';
import { rankedOf } from './ranked';
import { PredictionConnection, PredictionMadeEvent, PredictionType, RankingType } from './prediction.type';

interface MadePayload {
  readonly predictionId: string;
  readonly profileId: string | null;
}

/** A ranking runs a model: it costs as much as a few hundred fields beside what it answers. */
const RANKING_COST = 400;

@Resolver(() => PredictionType)
export class PredictionResolver {
  @Query(() => RankingType, {
    description: 'Ranks the approved creatives of a campaign for a person, now: which one, how sure, why. The predictions are kept behind the answer.',
    complexity: ({ args, childComplexity }) => RANKING_COST + (Number(args.first) || 10) * childComplexity,
  })
  async rankCreatives(
    @Args(() => RankArgs) args: RankArgs,
    @Ctx() { deps, loaders, signal }: GraphContext,
  ): Promise<Ranking> {
    const ranking = await rankCreatives(deps, { ...rankedOf(args), first: args.first, deadlineMs: args.deadlineMs ?? undefined, signal });
    for (const creative of ranking.creatives) loaders.creative.prime(creative.id, creative);
    return ranking;
  }

  @Query(() => PredictionConnection, { description: 'Predictions that were kept, newest first unless sorted otherwise.' })
  async predictions(@Args(() => PredictionsArgs) args: PredictionsArgs, @Ctx() { deps }: GraphContext): Promise<Connection<Prediction>> {
    const page = await listPredictions(deps, { filter: toFilter(args.filter), page: args });
    return connection(page, args.after);
  }

  @Subscription(() => PredictionMadeEvent, {
    description: 'Tells of predictions once they are kept.',
    subscribe: ({ args, context }) => {
      const profileId = fromGlobalIdOrNull('profileId', 'Profile', args.profileId as string | null);
      return listen<MadePayload>(context as GraphContext, 'predictionMade', {
        after: args.after as string | null,
        ...(args.campaignId ? { keys: [fromGlobalId('campaignId', 'Campaign', args.campaignId as string)] } : {}),
        ...(profileId ? { wanted: (payload: MadePayload) => payload.profileId === profileId } : {}),
      });
    },
  })
  async predictionMade(
    @Root() { cursor, payload }: Heard<MadePayload>,
    @Ctx() { loaders }: GraphContext,
    @Arg('campaignId', () => ID, { nullable: true, description: 'Only of this campaign.' }) _campaignId: string | null,
    @Arg('profileId', () => ID, { nullable: true, description: 'Only for this person.' }) _profileId: string | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event seen: what came since is sent first.' }) _after: string | null,
  ): Promise<PredictionMadeEvent> {
    return { cursor: toFeedCursor(cursor), prediction: await loaders.prediction.load(payload.predictionId) };
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() prediction: Prediction): string {
    return toGlobalId('Prediction', prediction.id);
  }

  @FieldResolver(() => CampaignType, { description: 'The campaign of the creative.' })
  async campaign(@Root() prediction: Prediction, @Ctx() { loaders }: GraphContext): Promise<Campaign> {
    return (await loaders.campaign.load(prediction.campaignId))!;
  }

  @FieldResolver(() => CreativeType, { description: 'The creative that was scored, as it is now.' })
  async creative(@Root() prediction: Prediction, @Ctx() { loaders }: GraphContext): Promise<Creative> {
    return (await loaders.creative.load(prediction.creativeId))!;
  }

  @FieldResolver(() => ProfileType, { nullable: true, description: 'The person it was made for; null for nobody in particular.' })
  async profile(@Root() prediction: Prediction, @Ctx() { loaders }: GraphContext): Promise<Profile | null> {
    return prediction.profileId === null ? null : loaders.profile.load(prediction.profileId);
  }

  @FieldResolver(() => ModelVersionType, { nullable: true, description: 'The exact weights that said it; null only in a ranking that is FIRST_STAGE.' })
  async modelVersion(@Root() prediction: RankedPrediction, @Ctx() { loaders }: GraphContext): Promise<ModelVersion | null> {
    return prediction.modelVersionId === null ? null : loaders.modelVersion.load(prediction.modelVersionId);
  }

  @FieldResolver(() => MoneyType, { description: 'Of one impression: the sum over objectives of weight x probability x value.' })
  expectedValue(@Root() prediction: Prediction): Money {
    return { micros: prediction.expectedValueMicros, currency: prediction.currency };
  }
}

@Resolver(() => RankingType)
export class RankingResolver {
  @FieldResolver(() => CampaignType, { description: 'The campaign.' })
  async campaign(@Root() ranking: Ranking, @Ctx() { loaders }: GraphContext): Promise<Campaign> {
    return (await loaders.campaign.load(ranking.campaignId))!;
  }

  @FieldResolver(() => ProfileType, { nullable: true, description: 'The person; null for nobody in particular.' })
  profile(@Root() ranking: Ranking): Profile | null {
    return ranking.profile;
  }
}

@Resolver(() => ProfileType)
export class ProfilePredictionsResolver {
  @FieldResolver(() => [PredictionType], {
    description: 'The latest predictions for this person, newest first.',
    complexity: ({ args, childComplexity }) => 1 + (Number(args.first) || 10) * childComplexity,
  })
  latestPredictions(
    @Root() profile: Profile,
    @Arg('first', () => Int, { defaultValue: 10, description: 'How many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: GraphContext,
  ): Promise<Prediction[]> {
    return loaders.predictionsOfProfile.load({ profileId: profile.id, limit: Math.min(Math.max(first, 1), 100) });
  }
}

function toFilter(filter: PredictionFilterInput | null | undefined): PredictionFilter {
  const ids = (field: keyof PredictionFilterInput, type: 'Profile' | 'Campaign' | 'Creative' | 'ModelVersion'): readonly string[] | undefined => {
    const id = fromGlobalIdOrNull(`filter.${field}`, type, filter?.[field] as string | undefined);
    return id === null ? undefined : [id];
  };
  return {
    profileIds: ids('profileId', 'Profile'),
    campaignIds: ids('campaignId', 'Campaign'),
    creativeIds: ids('creativeId', 'Creative'),
    modelVersionIds: ids('modelVersionId', 'ModelVersion'),
    since: filter?.since ?? undefined,
    until: filter?.until ?? undefined,
  };
}
