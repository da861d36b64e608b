import { Field, ID, InputType, Int } from 'type-graphql';
import type { Vertical } from '../../domain/entities/campaign';
import { VerticalEnum } from '../campaigns/campaign.enums';

const optional = { nullable: true } as const;

@InputType({ description: 'A place to be filled.' })
export class PlacementInput {
  @Field(() => String, { description: 'Its name, at most 100 characters; reports and experiments know it by that.' })
  name!: string;

  @Field(() => Int, { ...optional, description: 'How many creatives, no two alike; 1 when absent, at most 20 over all placements.' })
  count?: number | null;
}

@InputType({ description: 'Who is to be shown something, where, and out of what.' })
export class DecideInput {
  @Field(() => ID, { ...optional, description: 'The person; or name them by profileExternalId. Neither decides for nobody in particular.' })
  profileId?: string | null;

  @Field(() => String, { ...optional, description: "The person by the caller's own id." })
  profileExternalId?: string | null;

  @Field(() => [PlacementInput], { description: 'The places, at most 10; the first is filled first.' })
  placements!: PlacementInput[];

  @Field(() => [ID], { ...optional, description: 'Only among these campaigns, at most 200; absent, among all that are ACTIVE and in flight: where those are over 500, among 500 drawn anew for each key.' })
  campaigns?: string[] | null;

  @Field(() => [VerticalEnum], { ...optional, description: 'Only campaigns of these trades.' })
  verticals?: Vertical[] | null;

  @Field(() => String, { ...optional, description: 'ISO 4217: only campaigns in this currency. Needed where those that fit are in several.' })
  currency?: string | null;

  @Field(() => String, { description: 'A decision charges: a retry with the same key gets what the first call decided, for ADLOOM_RETRY_DAYS (a week).' })
  idempotencyKey!: string;

  @Field(() => String, { ...optional, description: 'What experiments know a visitor without a profile by, such as a cookie: the same key has the same arm.' })
  experimentKey?: string | null;

  @Field(() => Int, {
    ...optional,
    description: 'The answer is wanted within so many milliseconds, 1 to 60000. Where the model cannot keep to it, what was counted so far decides. None: wait for the model.',
  })
  deadlineMs?: number | null;

  @Field(() => Boolean, { ...optional, description: 'True checks everything, says which campaigns would be passed over, and decides nothing.' })
  validateOnly?: boolean;
}

@InputType({ description: 'Which decisions; all that is said must hold.' })
export class DecisionFilterInput {
  @Field(() => ID, { ...optional, description: 'For this campaign.' })
  campaignId?: string | null;

  @Field(() => ID, { ...optional, description: 'Of this creative.' })
  creativeId?: string | null;

  @Field(() => ID, { ...optional, description: 'For this person.' })
  profileId?: string | null;
}
