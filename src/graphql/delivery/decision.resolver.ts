import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Decision, PassedOver } from '../../domain/entities/decision';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { Money } from '../../domain/entities/money';
import type { Profile } from '../../domain/entities/profile';
import { decide } from '../../modules/delivery/decide';
import { explainDecision, type DecisionExplanation, type ExplainedCandidate } from '../../modules/delivery/explain-decision';
import { listDecisions } from '../../modules/delivery/read-decisions';
import { tokensOf } from '../../modules/delivery/tokens-of';
import { CampaignType } from '../campaigns/campaign.type';
import type { GraphContext } from '../context';
import { CreativeType } from '../creatives/creative.type';
import { settle } from '../errors/user-error.type';
import { ModelVersionType } from '../models/model-version.type';
import { MoneyType } from '../money/money.type';
import { reference } from '../predictions/ranked';
import { ProfileType } from '../profiles/profile.type';
import { connection, type Connection } from '../relay/connection.type';
import { ID_TEXT, fromGlobalId, toGlobalId, type NodeType } from '../relay/global-id';
import { PageArgs } from '../relay/page.args';
import { DecideInput, DecisionFilterInput } from './decision.input';
import {
  DecidePayload, DecisionCandidateType, DecisionConnection, DecisionExplanationType, DecisionType, DeliveryTokensType, PassedOverType,
} from './decision.type';

/** A decision runs a model: it costs as much as a few hundred fields beside what it answers. */
const DECIDING_COST = 400;

@Resolver(() => DecisionType)
export class DecisionResolver {
  @Mutation(() => DecidePayload, {
    description: 'Chooses what a person is shown, claims its budget and cap, and logs the choice with its probability. Nothing to show is an empty list with reasons.',
    complexity: ({ childComplexity }) => DECIDING_COST + childComplexity,
  })
  decide(
    @Arg('input', () => DecideInput, { description: 'For whom, and where.' }) input: DecideInput,
    @Ctx() { deps, signal }: GraphContext,
  ): Promise<DecidePayload> {
    return settle<Omit<DecidePayload, 'userErrors'>>({ decisions: [], passedOver: [], replayed: false }, async () => {
      const { profileId, profileExternalId, campaigns, verticals, currency, deadlineMs, ...rest } = input;
      const { decisions, passedOver, replayed } = await decide(deps, {
        ...rest,
        profile: reference('profile', 'Profile', profileId, profileExternalId),
        campaignIds: campaigns?.map((id, index) => fromGlobalId(`campaigns.${index}`, 'Campaign', id)),
        verticals: verticals ?? undefined,
        currency: currency ?? undefined,
        deadlineMs: deadlineMs ?? undefined,
        signal,
      });
      return { decisions: [...decisions], passedOver: [...passedOver], replayed };
    });
  }

  @Query(() => DecisionConnection, { description: 'Decisions as they were logged, newest first.' })
  async decisions(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => DecisionFilterInput, { nullable: true, description: 'Which ones.' }) filter: DecisionFilterInput | null,
    @Ctx() { deps }: GraphContext,
  ): Promise<Connection<Decision>> {
    const only = (name: string, type: NodeType, id: string | null | undefined) => (id == null ? undefined : [fromGlobalId(`filter.${name}`, type, id)]);
    const { campaignId, creativeId, profileId } = filter ?? {};
    const asked = { campaignIds: only('campaignId', 'Campaign', campaignId), creativeIds: only('creativeId', 'Creative', creativeId), profileIds: only('profileId', 'Profile', profileId) };
    return connection(await listDecisions(deps, { filter: asked, page }), page.after);
  }

  @Query(() => DecisionExplanationType, { description: 'Why a decision came out as it did, by what was known at that time.' })
  async explainDecision(
    @Arg('id', () => ID, { description: 'The decision.' }) id: string,
    @Ctx() { deps }: GraphContext,
  ): Promise<DecisionExplanation> {
    return explainDecision(deps, fromGlobalId('id', 'Decision', id));
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() decision: Decision): string {
    return toGlobalId('Decision', decision.id);
  }

  @FieldResolver(() => CampaignType, { description: 'The campaign of the creative.' })
  async campaign(@Root() decision: Decision, @Ctx() { loaders }: GraphContext): Promise<Campaign> {
    return (await loaders.campaign.load(decision.campaignId))!;
  }

  @FieldResolver(() => CreativeType, { description: 'What is to be shown.' })
  async creative(@Root() decision: Decision, @Ctx() { loaders }: GraphContext): Promise<Creative> {
    return (await loaders.creative.load(decision.creativeId))!;
  }

  @FieldResolver(() => ProfileType, { nullable: true, description: 'The person, where they agreed to measurement.' })
  async profile(@Root() decision: Decision, @Ctx() { loaders }: GraphContext): Promise<Profile | null> {
    return decision.profileId === null ? null : loaders.profile.load(decision.profileId);
  }

  @FieldResolver(() => ModelVersionType, { nullable: true, description: 'The model that scored; null where what was counted so far decided.' })
  async modelVersion(@Root() decision: Decision, @Ctx() { loaders }: GraphContext): Promise<ModelVersion | null> {
    return decision.modelVersionId === null ? null : loaders.modelVersion.load(decision.modelVersionId);
  }

  @FieldResolver(() => MoneyType, { description: 'What its impression costs.' })
  cost(@Root() { costMicros, currency }: Decision): Money {
    return { micros: costMicros, currency };
  }

  @FieldResolver(() => MoneyType, { description: 'What was charged for it so far, impression and click together: at the prices of the time, and no more than the budgets had left.' })
  charged(@Root() { chargedMicros, currency }: Decision): Money {
    return { micros: chargedMicros, currency };
  }

  @FieldResolver(() => DeliveryTokensType, { description: 'What to send to recordOutcomes.' })
  async tokens(@Root() decision: Decision, @Ctx() { deps, loaders }: GraphContext): Promise<DeliveryTokensType> {
    const signed = await tokensOf(deps, decision, (await loaders.campaign.load(decision.campaignId))!);
    return { impression: signed.IMPRESSION, click: signed.CLICK, conversion: signed.CONVERSION };
  }
}

@Resolver(() => PassedOverType)
export class PassedOverResolver {
  @FieldResolver(() => CampaignType, { nullable: true, description: 'The campaign; null when it is gone.' })
  campaign(@Root() { campaignId }: PassedOver, @Ctx() { loaders }: GraphContext): Promise<Campaign | null> {
    return loaders.campaign.load(campaignId);
  }
}

@Resolver(() => DecisionCandidateType)
export class DecisionCandidateResolver {
  @FieldResolver(() => CreativeType, { nullable: true, description: 'The creative; null when it is gone.' })
  creative(@Root() { creativeId }: ExplainedCandidate, @Ctx() { loaders }: GraphContext): Promise<Creative | null> {
    return loaders.creative.load(creativeId);
  }

  @FieldResolver(() => MoneyType, { description: 'Expected value of an impression, by model and evidence.' })
  expectedValue(@Root() { expectedValueMicros, currency }: ExplainedCandidate): Money {
    return { micros: expectedValueMicros, currency };
  }
}
