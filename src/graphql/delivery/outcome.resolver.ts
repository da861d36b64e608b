import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root, Subscription } from 'type-graphql';
import type { Creative } from '../../domain/entities/creative';
import type { Money } from '../../domain/entities/money';
import type { Outcome } from '../../domain/entities/outcome';
import type { Profile } from '../../domain/entities/profile';
import { creativesByIds } from '../../modules/creatives/read-creatives';
import { recordOutcomes } from '../../modules/delivery/record-outcomes';
import type { GraphContext } from '../context';
import { CreativeType } from '../creatives/creative.type';
import { settle } from '../errors/user-error.type';
import { listen, type Heard } from '../listen';
import { MoneyType } from '../money/money.type';
import { ProfileType } from '../profiles/profile.type';
import { toFeedCursor } from '../relay/feed-cursor';
import { ID_TEXT, fromGlobalId, fromGlobalIdOrNull, toGlobalId } from '../relay/global-id';
import { OutcomeRecordedEvent, OutcomeType, RecordOutcomesInput, RecordOutcomesPayload } from './outcome.type';

interface RecordedPayload {
  readonly outcomeId: string;
  readonly creativeId: string;
}

@Resolver(() => OutcomeType)
export class OutcomeResolver {
  @Mutation(() => RecordOutcomesPayload, { description: 'Takes in impressions, clicks and conversions, at most 1,000 at once. Safe to repeat.' })
  recordOutcomes(
    @Arg('input', () => RecordOutcomesInput, { description: 'The outcomes.' }) input: RecordOutcomesInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<RecordOutcomesPayload> {
    return settle({ recorded: 0, replayed: 0, late: [] as object[], creatives: [] as object[] }, async () => {
      const outcomes = input.outcomes.map((outcome, index) => ({
        ...outcome,
        creativeId: fromGlobalIdOrNull(`outcomes.${index}.creativeId`, 'Creative', outcome.creativeId),
        decisionId: fromGlobalIdOrNull(`outcomes.${index}.decisionId`, 'Decision', outcome.decisionId),
      }));
      const result = await recordOutcomes(deps, { outcomes, validateOnly: input.validateOnly });
      const creatives = await creativesByIds(deps, [...new Set(result.outcomes.map((outcome) => outcome.creativeId))]);
      const late = result.late.map((each) => ({ ...each, code: 'LATE' }));
      return { recorded: result.recorded, replayed: result.replayed, late, creatives };
    });
  }

  @Subscription(() => OutcomeRecordedEvent, {
    description: 'Tells of impressions, clicks and conversions as they are recorded.',
    subscribe: ({ args, context }) => {
      const creativeId = fromGlobalIdOrNull('creativeId', 'Creative', args.creativeId as string | null);
      return listen<RecordedPayload>(context as GraphContext, 'outcomeRecorded', {
        after: args.after as string | null,
        ...(args.campaignId ? { keys: [fromGlobalId('campaignId', 'Campaign', args.campaignId as string)] } : {}),
        ...(creativeId ? { wanted: (payload: RecordedPayload) => payload.creativeId === creativeId } : {}),
      });
    },
  })
  async outcomeRecorded(
    @Root() { cursor, payload }: Heard<RecordedPayload>,
    @Ctx() { loaders }: GraphContext,
    @Arg('campaignId', () => ID, { nullable: true, description: 'Only of this campaign.' }) _campaignId: string | null,
    @Arg('creativeId', () => ID, { nullable: true, description: 'Only of this creative.' }) _creativeId: string | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event seen: what came since is sent first.' }) _after: string | null,
  ): Promise<OutcomeRecordedEvent> {
    return { cursor: toFeedCursor(cursor), outcome: await loaders.outcome.load(payload.outcomeId) };
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() outcome: Outcome): string {
    return toGlobalId('Outcome', outcome.id);
  }

  @FieldResolver(() => CreativeType, { description: 'The creative that was shown.' })
  async creative(@Root() outcome: Outcome, @Ctx() { loaders }: GraphContext): Promise<Creative> {
    return (await loaders.creative.load(outcome.creativeId))!;
  }

  @FieldResolver(() => ProfileType, { nullable: true, description: 'The person, where known and agreed to.' })
  async profile(@Root() outcome: Outcome, @Ctx() { loaders }: GraphContext): Promise<Profile | null> {
    return outcome.profileId === null ? null : loaders.profile.load(outcome.profileId);
  }

  @FieldResolver(() => MoneyType, { nullable: true, description: 'What it was worth, of all together.' })
  async value(@Root() outcome: Outcome, @Ctx() { loaders }: GraphContext): Promise<Money | null> {
    if (outcome.valueMicros === null) return null;
    const campaign = await loaders.campaign.load(outcome.campaignId);
    return { micros: outcome.valueMicros, currency: campaign!.currency };
  }
}
