import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { CampaignStatus, Pacing, Tone, Vertical } from '../../domain/entities/campaign';
import { MutationPayload } from '../errors/user-error.type';
import { MoneyType } from '../money/money.type';
import { connectionTypeOf } from '../relay/connection.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';
import { CampaignStatusEnum, PacingEnum, ToneEnum, VerticalEnum } from './campaign.enums';

@ObjectType({ description: 'All that copy may state: a number, price or name in an ad comes from here and from nowhere else.' })
export class ProductFacts {
  @Field(() => String, { description: 'What it is called.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Whose it is.' })
  brand!: string | null;

  @Field(() => String, { nullable: true, description: 'What it is, in a few sentences.' })
  description!: string | null;

  @Field(() => [String], { description: 'Short noun phrases: "a waterproof membrane".' })
  features!: string[];

  @Field(() => [String], { description: 'Short phrases: "20% off this week".' })
  offers!: string[];

  @Field(() => MoneyType, { nullable: true, description: 'What it costs.' })
  price!: MoneyType | null;

  @Field(() => String, { nullable: true, description: 'Where a click leads.' })
  url!: string | null;
}

@ObjectType({ description: 'How copy sounds, and what it may not or must say.' })
export class Voice {
  @Field(() => ToneEnum, { description: 'The tone of generated copy.' })
  tone!: Tone;

  @Field(() => [String], { description: 'Words and phrases that no ad of the campaign may hold, in any letter case.' })
  bannedWords!: string[];

  @Field(() => String, { nullable: true, description: 'Text that every ad must carry, word for word.' })
  requiredDisclaimer!: string | null;
}

@ObjectType('AttributeRule', { description: 'Asks that an attribute of the profile has one of these values.' })
export class AttributeRuleType {
  @Field(() => String, { description: 'Name of the attribute.' })
  name!: string;

  @Field(() => [String], { description: 'Values that match.' })
  anyOf!: string[];
}

@ObjectType({ description: 'Who may see the campaign. An empty list asks for nothing; all that is asked must hold.' })
export class AudienceRules {
  @Field(() => [String], { description: 'At least one of these interests.' })
  interestsAnyOf!: string[];

  @Field(() => [String], { description: 'None of these interests.' })
  interestsNoneOf!: string[];

  @Field(() => [String], { description: 'At least one of these segments.' })
  segmentsAnyOf!: string[];

  @Field(() => [String], { description: 'None of these segments.' })
  segmentsNoneOf!: string[];

  @Field(() => [AttributeRuleType], { description: 'Attributes that must match, all of them.' })
  attributes!: AttributeRuleType[];
}

@ObjectType({ description: 'What the campaign wants: the expected value of an impression is the sum over objectives of weight x probability x value.' })
export class Objectives {
  @Field(() => Float, { description: 'How much clicks count.' })
  clickWeight!: number;

  @Field(() => Float, { description: 'How much conversions count.' })
  conversionWeight!: number;

  @Field(() => Float, { description: 'How much revenue counts.' })
  revenueWeight!: number;

  @Field(() => MoneyType, { description: 'What one click is worth.' })
  clickValue!: MoneyType;

  @Field(() => MoneyType, { description: 'What one conversion is worth.' })
  conversionValue!: MoneyType;

  @Field(() => MoneyType, { description: 'The revenue that one conversion brings.' })
  revenuePerConversion!: MoneyType;
}

@ObjectType({ description: 'When the campaign runs.' })
export class Flight {
  @Field(() => DateTimeScalar, { description: 'The first moment.' })
  startsAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The moment it is over; null has no end.' })
  endsAt!: Date | null;
}

@ObjectType({ description: 'What may be spent; null is unlimited.' })
export class Budget {
  @Field(() => MoneyType, { nullable: true, description: 'Over the whole flight.' })
  total!: MoneyType | null;

  @Field(() => MoneyType, { nullable: true, description: 'In one day (UTC).' })
  daily!: MoneyType | null;
}

@ObjectType('FrequencyCap', { description: 'How often one person may see the campaign.' })
export class FrequencyCapType {
  @Field(() => Int, { description: 'At most so many impressions.' })
  impressions!: number;

  @Field(() => Int, { description: 'In any so many hours.' })
  perHours!: number;
}

@ObjectType('Campaign', { implements: Node, description: 'What is advertised, to whom, how, and for how much.' })
export class CampaignType extends Node {
  @Field(() => String, { nullable: true, description: "The caller's own name for it." })
  externalId!: string | null;

  @Field(() => String, { description: 'Its name, for people.' })
  name!: string;

  @Field(() => VerticalEnum, { description: 'The trade it advertises in.' })
  vertical!: Vertical;

  @Field(() => ProductFacts, { description: 'All that copy may state.' })
  product!: ProductFacts;

  @Field(() => Voice, { description: 'How copy sounds.' })
  voice!: Voice;

  @Field(() => AudienceRules, { description: 'Who may see it.' })
  audience!: AudienceRules;

  @Field(() => String, { description: 'ISO 4217; every amount of the campaign is in it.' })
  currency!: string;

  @Field(() => Flight, { description: 'When it runs.' })
  flight!: Flight;

  @Field(() => PacingEnum, { description: 'How its budget is spread.' })
  pacing!: Pacing;

  @Field(() => FrequencyCapType, { nullable: true, description: 'How often one person may see it; null is unlimited.' })
  frequencyCap!: FrequencyCapType | null;

  @Field(() => Int, { description: 'How many hours after the decision a click still counts for it.' })
  clickWindowHours!: number;

  @Field(() => Int, { description: 'How many hours after the decision a conversion still counts for it.' })
  conversionWindowHours!: number;

  @Field(() => CampaignStatusEnum, { description: 'Where it stands.' })
  status!: CampaignStatus;

  @Field(() => Int, { description: 'Grows by one with every change; give it as expectedVersion.' })
  version!: number;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const CampaignConnection = connectionTypeOf('Campaign', () => CampaignType, { counted: true });

@ObjectType({ description: 'What a mutation of a campaign answers.' })
export class CampaignPayload extends MutationPayload {
  @Field(() => CampaignType, { nullable: true, description: 'The campaign as it is now; null on errors and dry runs.' })
  campaign!: object | null;
}
