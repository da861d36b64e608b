import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Money } from '../../domain/entities/money';
import type { Prediction } from '../../domain/entities/prediction';
import { createCreative } from '../../modules/creatives/create-creative';
import type { CreativeChange } from '../../modules/creatives/creative-changed';
import { countCreatives, listCreatives } from '../../modules/creatives/read-creatives';
import { reviewCreative } from '../../modules/creatives/review-creative';
import { updateCreative } from '../../modules/creatives/update-creative';
import { CampaignType } from '../campaigns/campaign.type';
import type { GraphContext } from '../context';
import { settle } from '../errors/user-error.type';
import { listen, type Heard } from '../listen';
import { MoneyType } from '../money/money.type';
import { nullToAbsent } from '../null-to-absent';
import { PredictionType } from '../predictions/prediction.type';
import { connection, type Connection } from '../relay/connection.type';
import { toFeedCursor } from '../relay/feed-cursor';
import { ID_TEXT, fromGlobalId, fromGlobalIdOrNull, toGlobalId } from '../relay/global-id';
import { PageArgs } from '../relay/page.args';
import {
  CampaignCreativesArgs, CreateCreativeInput, CreativeFilterInput, CreativeSortInput, ReviewCreativeInput, UpdateCreativeInput,
} from './creative.input';
import {
  CreativeChangeEvent, CreativeConnection, CreativeCountsType, CreativePayload, CreativeType, ProvenanceType,
} from './creative.type';
import { toCopyPatch } from './copy.patch';

interface ChangePayload {
  readonly creativeId: string;
  readonly campaignId: string;
  readonly version: number;
  readonly change: CreativeChange;
}

@Resolver(() => CreativeType)
export class CreativeResolver {
  @Query(() => CreativeType, { nullable: true, description: 'One creative; null when there is none with this id.' })
  creative(@Arg('id', () => ID, { description: 'Its id.' }) id: string, @Ctx() { loaders }: GraphContext): Promise<Creative | null> {
    return loaders.creative.load(fromGlobalId('id', 'Creative', id));
  }

  @Query(() => CreativeConnection, { description: 'Creatives, newest first unless sorted otherwise.' })
  async creatives(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => CreativeFilterInput, { nullable: true, description: 'Which ones.' }) filter: CreativeFilterInput | null,
    @Arg('sort', () => CreativeSortInput, { nullable: true, description: 'In which order.' }) sort: CreativeSortInput | null,
    @Ctx() { deps, loaders }: GraphContext,
  ): Promise<Connection<Creative>> {
    const { campaignIds, ...rest } = nullToAbsent(filter);
    const ids = campaignIds?.map((id, index) => fromGlobalId(`filter.campaignIds.${index}`, 'Campaign', id));
    const asked = { ...rest, ...(ids ? { campaignIds: ids } : {}) };
    const found = await listCreatives(deps, { filter: asked, page: { ...page, sort } });
    for (const { node } of found.edges) loaders.creative.prime(node.id, node);
    return connection(found, page.after, () => countCreatives(deps, asked));
  }

  @Mutation(() => CreativePayload, { description: 'Adds copy that a person wrote, as a draft.' })
  createCreative(
    @Arg('input', () => CreateCreativeInput, { description: 'The copy.' }) input: CreateCreativeInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<CreativePayload> {
    const { externalId, idempotencyKey, validateOnly } = input;
    return settle({ creative: null, findings: [] }, async () => {
      const campaignId = fromGlobalId('campaignId', 'Campaign', input.campaignId);
      const result = await createCreative(deps, { campaignId, externalId, copy: toCopyPatch(input), idempotencyKey, validateOnly });
      return { creative: result.creative, findings: [...result.findings] };
    });
  }

  @Mutation(() => CreativePayload, { description: 'Changes copy; changed copy is a draft again.' })
  updateCreative(
    @Arg('input', () => UpdateCreativeInput, { description: 'The change.' }) input: UpdateCreativeInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<CreativePayload> {
    const { expectedVersion, validateOnly } = input;
    return settle({ creative: null, findings: [] }, async () => {
      const id = fromGlobalId('id', 'Creative', input.id);
      const result = await updateCreative(deps, { id, expectedVersion, validateOnly, copy: toCopyPatch(input) });
      return { creative: result.creative, findings: [...result.findings] };
    });
  }

  @Mutation(() => CreativePayload, { description: 'Submits, approves, rejects, pauses, resumes or archives a creative.' })
  reviewCreative(
    @Arg('input', () => ReviewCreativeInput, { description: 'The verdict.' }) input: ReviewCreativeInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<CreativePayload> {
    return settle({ creative: null, findings: [] }, async () => {
      const creative = await reviewCreative(deps, { ...input, id: fromGlobalId('id', 'Creative', input.id) });
      return { creative, findings: [...(creative?.findings ?? [])] };
    });
  }

  @Subscription(() => CreativeChangeEvent, {
    description: 'Tells of creatives that are made, rewritten or reviewed.',
    subscribe: ({ args, context }) =>
      listen<ChangePayload>(context as GraphContext, 'creativeChanged', {
        after: args.after as string | null,
        ...(args.campaignId ? { keys: [fromGlobalId('campaignId', 'Campaign', args.campaignId as string)] } : {}),
      }),
  })
  async creativeChanged(
    @Root() { cursor, payload }: Heard<ChangePayload>,
    @Ctx() { loaders }: GraphContext,
    @Arg('campaignId', () => ID, { nullable: true, description: 'Only of this campaign.' }) _campaignId: string | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event seen: what came since is sent first.' }) _after: string | null,
  ): Promise<CreativeChangeEvent> {
    const creative = await loaders.creative.load(payload.creativeId);
    return { cursor: toFeedCursor(cursor), change: payload.change, version: payload.version, creative };
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() creative: Creative): string {
    return toGlobalId('Creative', creative.id);
  }

  @FieldResolver(() => CampaignType, { description: 'The campaign that it advertises.' })
  async campaign(@Root() creative: Creative, @Ctx() { loaders }: GraphContext): Promise<Campaign> {
    return (await loaders.campaign.load(creative.campaignId))!;
  }

  @FieldResolver(() => ProvenanceType, { nullable: true, description: 'How generated copy came to be; null for copy that a person wrote.' })
  provenance(@Root() creative: Creative): Creative['provenance'] {
    return creative.provenance;
  }

  @FieldResolver(() => CreativeCountsType, { description: 'What was counted of it.' })
  counts(@Root() { counts }: Creative): CreativeCountsType {
    return { ...counts, clickRate: counts.impressions > 0 ? counts.clicks / counts.impressions : null };
  }

  @FieldResolver(() => MoneyType, { description: 'Sum of the values of its outcomes.' })
  async value(@Root() creative: Creative, @Ctx() { loaders }: GraphContext): Promise<Money> {
    const campaign = await loaders.campaign.load(creative.campaignId);
    return { micros: creative.counts.valueMicros, currency: campaign!.currency };
  }

  @FieldResolver(() => PredictionType, { nullable: true, description: 'The latest prediction of it; null before the first.' })
  latestPrediction(
    @Root() creative: Creative,
    @Arg('profileId', () => ID, { nullable: true, description: 'For this person; absent, whoever it was made for.' }) profileId: string | null,
    @Ctx() { loaders }: GraphContext,
  ): Promise<Prediction | null> {
    return loaders.latestPrediction.load({ creativeId: creative.id, profileId: fromGlobalIdOrNull('profileId', 'Profile', profileId) });
  }
}

/** The creatives of a campaign: beside the creatives, so that campaigns know nothing of them. */
@Resolver(() => CampaignType)
export class CampaignCreativesResolver {
  @FieldResolver(() => CreativeConnection, { description: 'Its creatives, newest first unless sorted otherwise.' })
  async creatives(
    @Root() campaign: Campaign,
    @Args(() => CampaignCreativesArgs) args: CampaignCreativesArgs,
    @Ctx() { loaders }: GraphContext,
  ): Promise<Connection<Creative>> {
    const filter = nullToAbsent(args.filter);
    const page = await loaders.creativesOfCampaign.load({ campaignId: campaign.id, filter, page: { first: args.first, after: args.after, sort: args.sort } });
    for (const { node } of page.edges) loaders.creative.prime(node.id, node);
    return connection(page, args.after, () => loaders.creativeCountOfCampaign.load({ campaignId: campaign.id, filter }));
  }
}
