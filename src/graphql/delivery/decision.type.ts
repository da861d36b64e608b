import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { PassOverReason } from '../../domain/entities/decision';
import { CampaignType } from '../campaigns/campaign.type';
import { CreativeType } from '../creatives/creative.type';
import { enumType } from '../enum-type';
import { MutationPayload } from '../errors/user-error.type';
import { MoneyType } from '../money/money.type';
import { connectionTypeOf } from '../relay/connection.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';

export const PassOverReasonEnum = enumType<PassOverReason>('PassOverReason', 'Why a campaign had no candidate.', {
  NOT_ACTIVE: 'It is not ACTIVE.',
  NOT_IN_FLIGHT: 'Its flight has not begun, or is over.',
  AUDIENCE: 'It is not for this person, or nothing of them may be used and it asks for something.',
  OTHER_CURRENCY: 'Its amounts are in another currency than the one asked for.',
  CAPPED: 'This person has had it as often as its frequency cap allows.',
  BUDGET_SPENT: 'Its budget, of the day or of the flight, is spent or held.',
  PACED: 'It has spent by now what even pacing leaves to it: later today it goes on.',
  NO_CREATIVE: 'None of its creatives is approved, or the first stage put those of others before them.',
});

@ObjectType('DeliveryTokens', { description: 'What recordOutcomes takes in place of ids: signed, for this decision alone, one for each kind of outcome.' })
export class DeliveryTokensType {
  @Field(() => String, { description: 'It was seen.' })
  impression!: string;

  @Field(() => String, { description: 'It was clicked.' })
  click!: string;

  @Field(() => String, { description: 'What the campaign wants took place.' })
  conversion!: string;
}

@ObjectType('Decision', { implements: Node, description: 'Which creative was chosen for a person in a placement, and how likely that choice was.' })
export class DecisionType extends Node {
  @Field(() => ID, { description: 'The decisions of one call share it.' })
  requestId!: string;

  @Field(() => String, { description: 'The place that it fills.' })
  placement!: string;

  @Field(() => Int, { description: "Which of the placement's winners, 0 first." })
  slot!: number;

  @Field(() => [String], { description: 'Segments of the person at that time; empty where they did not agree to measurement.' })
  segments!: string[];

  @Field(() => Boolean, { description: 'Whether anything of the person reached the model.' })
  personalised!: boolean;

  @Field(() => String, { description: 'How it was chosen: THOMPSON unless an experiment says otherwise.' })
  policy!: string;

  @Field(() => Float, { description: 'Probability with which it was chosen, given the winners before it, above 0 and at most 1.' })
  propensity!: number;

  @Field(() => Float, { description: "The model's chance of a click, before what people did is counted; what was counted so far, where no model scored." })
  pClick!: number;

  @Field(() => String, { nullable: true, description: 'Where the model ran that scored: cpu, webgpu or cuda; null where none did, and of decisions from before this was kept.' })
  device!: string | null;

  @Field(() => String, { nullable: true, description: 'The arm of the experiment that it was made in.' })
  experimentArm!: string | null;

  @Field(() => DateTimeScalar, { description: 'Until then an impression of it counts, and what it costs is held.' })
  expiresAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was seen.' })
  impressionAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was clicked.' })
  clickAt!: Date | null;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;
}

export const DecisionConnection = connectionTypeOf('Decision', () => DecisionType);

@ObjectType('PassedOver', { description: 'A campaign that had no candidate in a decision.' })
export class PassedOverType {
  @Field(() => CampaignType, { nullable: true, description: 'The campaign; null when it is gone.' })
  campaign!: object | null;

  @Field(() => PassOverReasonEnum, { description: 'Why.' })
  reason!: PassOverReason;
}

@ObjectType({ description: 'What decide answers.' })
export class DecidePayload extends MutationPayload {
  @Field(() => [DecisionType], { description: 'By placement and slot, in the order asked; fewer than asked for where candidates ran out.' })
  decisions!: object[];

  @Field(() => [PassedOverType], { description: 'Campaigns that had no candidate, and why.' })
  passedOver!: object[];

  @Field(() => Boolean, { description: 'True when an earlier call with this idempotencyKey had decided.' })
  replayed!: boolean;
}

@ObjectType('OffsetBelief', { description: 'What is believed of a creative beyond the model, in log-odds: a normal distribution.' })
export class OffsetBeliefType {
  @Field(() => Float, { description: 'Above 0: clicked more than the model says.' })
  mean!: number;

  @Field(() => Float, { description: 'Standard deviation.' })
  deviation!: number;
}

@ObjectType('DecisionCandidate', { description: 'A creative that stood for election, with all that the policy knew of it.' })
export class DecisionCandidateType {
  @Field(() => CreativeType, { nullable: true, description: 'The creative; null when it is gone.' })
  creative!: object | null;

  @Field(() => Boolean, { description: 'Whether it was chosen.' })
  chosen!: boolean;

  @Field(() => Float, { description: "The model's chance of a click." })
  pClick!: number;

  @Field(() => OffsetBeliefType, { description: 'What people did beyond what the model says.' })
  offset!: OffsetBeliefType;

  @Field(() => MoneyType, { description: 'Expected value of an impression, by model and evidence.' })
  expectedValue!: MoneyType;

  @Field(() => Float, { description: 'Probability with which the policy would choose it.' })
  propensity!: number;

  @Field(() => Float, { description: 'The least that this probability could be.' })
  floor!: number;
}

@ObjectType('DecisionExplanation', { description: 'Why this creative, and why not the others.' })
export class DecisionExplanationType {
  @Field(() => DecisionType, { description: 'The decision.' })
  decision!: object;

  @Field(() => String, { description: 'In one sentence.' })
  summary!: string;

  @Field(() => [DecisionCandidateType], { description: 'Everyone it was chosen among, the likeliest first.' })
  candidates!: object[];

  @Field(() => [PassedOverType], { description: 'Campaigns that had no candidate, and why.' })
  passedOver!: object[];

  @Field(() => Int, { description: 'Approved creatives of the candidates\' campaigns that were no candidates: the first stage put them lower, or others of the request had won before.' })
  lowerInFirstStage!: number;
}
