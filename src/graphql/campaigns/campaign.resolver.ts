import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { badInput } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Money } from '../../domain/entities/money';
import { createCampaign } from '../../modules/campaigns/create-campaign';
import { campaignByExternalId, countCampaigns, listCampaigns } from '../../modules/campaigns/read-campaigns';
import { setCampaignStatus } from '../../modules/campaigns/set-campaign-status';
import { updateCampaign } from '../../modules/campaigns/update-campaign';
import type { GraphContext } from '../context';
import { settle } from '../errors/user-error.type';
import { MoneyType } from '../money/money.type';
import { nullToAbsent } from '../null-to-absent';
import { connection, type Connection } from '../relay/connection.type';
import { ID_TEXT, fromGlobalId, toGlobalId } from '../relay/global-id';
import { PageArgs } from '../relay/page.args';
import { CampaignFilterInput, CampaignSortInput, CreateCampaignInput, SetCampaignStatusInput, UpdateCampaignInput } from './campaign.input';
import { toPatch } from './campaign.patch';
import { Budget, CampaignConnection, CampaignPayload, CampaignType, Objectives } from './campaign.type';

@Resolver(() => CampaignType)
export class CampaignResolver {
  @Query(() => CampaignType, { nullable: true, description: "One campaign, by its id or by the caller's own; null when there is none." })
  campaign(
    @Arg('id', () => ID, { nullable: true, description: 'Its id.' }) id: string | null,
    @Arg('externalId', () => String, { nullable: true, description: "The caller's own name for it." }) externalId: string | null,
    @Ctx() { deps, loaders }: GraphContext,
  ): Promise<Campaign | null> {
    if ((id == null) === (externalId == null)) throw badInput('id', 'campaign takes either id or externalId.', 'Send exactly one of them.');
    return id == null ? campaignByExternalId(deps, externalId!) : loaders.campaign.load(fromGlobalId('id', 'Campaign', id));
  }

  @Query(() => CampaignConnection, { description: 'Campaigns, newest first unless sorted otherwise.' })
  async campaigns(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => CampaignFilterInput, { nullable: true, description: 'Which ones.' }) filter: CampaignFilterInput | null,
    @Arg('sort', () => CampaignSortInput, { nullable: true, description: 'In which order.' }) sort: CampaignSortInput | null,
    @Ctx() { deps, loaders }: GraphContext,
  ): Promise<Connection<Campaign>> {
    const asked = nullToAbsent(filter);
    const found = await listCampaigns(deps, { filter: asked, page: { ...page, sort } });
    for (const { node } of found.edges) loaders.campaign.prime(node.id, node);
    return connection(found, page.after, () => countCampaigns(deps, asked));
  }

  @Mutation(() => CampaignPayload, { description: 'Makes a campaign, in DRAFT.' })
  createCampaign(
    @Arg('input', () => CreateCampaignInput, { description: 'The campaign.' }) input: CreateCampaignInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<CampaignPayload> {
    const { idempotencyKey, validateOnly, ...rest } = input;
    return settle({ campaign: null }, async () => ({
      campaign: await createCampaign(deps, { patch: toPatch(rest), idempotencyKey, validateOnly }),
    }));
  }

  @Mutation(() => CampaignPayload, { description: 'Changes what is named of a campaign.' })
  updateCampaign(
    @Arg('input', () => UpdateCampaignInput, { description: 'The change.' }) input: UpdateCampaignInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<CampaignPayload> {
    const { id, expectedVersion, validateOnly, ...rest } = input;
    return settle({ campaign: null }, async () => ({
      campaign: await updateCampaign(deps, { id: fromGlobalId('id', 'Campaign', id), expectedVersion, validateOnly, patch: toPatch(rest) }),
    }));
  }

  @Mutation(() => CampaignPayload, { description: 'Starts, pauses, ends or archives a campaign.' })
  setCampaignStatus(
    @Arg('input', () => SetCampaignStatusInput, { description: 'The new status.' }) input: SetCampaignStatusInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<CampaignPayload> {
    return settle({ campaign: null }, async () => ({
      campaign: await setCampaignStatus(deps, { ...input, id: fromGlobalId('id', 'Campaign', input.id) }),
    }));
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() campaign: Campaign): string {
    return toGlobalId('Campaign', campaign.id);
  }

  @FieldResolver(() => Objectives, { description: 'What it wants.' })
  objectives(@Root() { objectives, currency }: Campaign): Objectives {
    return {
      clickWeight: objectives.clickWeight,
      conversionWeight: objectives.conversionWeight,
      revenueWeight: objectives.revenueWeight,
      clickValue: { micros: objectives.clickValueMicros, currency },
      conversionValue: { micros: objectives.conversionValueMicros, currency },
      revenuePerConversion: { micros: objectives.revenuePerConversionMicros, currency },
    };
  }

  @FieldResolver(() => Budget, { description: 'What may be spent.' })
  budget(@Root() { budget, currency }: Campaign): Budget {
    return {
      total: budget.totalMicros === null ? null : { micros: budget.totalMicros, currency },
      daily: budget.dailyMicros === null ? null : { micros: budget.dailyMicros, currency },
    };
  }

  @FieldResolver(() => MoneyType, { description: 'What a thousand impressions cost.' })
  costPerThousand(@Root() { costPerThousandMicros, currency }: Campaign): Money {
    return { micros: costPerThousandMicros, currency };
  }

  @FieldResolver(() => MoneyType, { description: 'What one click costs.' })
  costPerClick(@Root() { costPerClickMicros, currency }: Campaign): Money {
    return { micros: costPerClickMicros, currency };
  }

  @FieldResolver(() => MoneyType, { nullable: true, description: 'Most that one conversion may cost; null is unlimited.' })
  targetCostPerConversion(@Root() { targetCostPerConversionMicros: micros, currency }: Campaign): Money | null {
    return micros === null ? null : { micros, currency };
  }
}
