import { Field, Float, ID, InputType, Int } from 'type-graphql';
import type { CampaignStatus, Pacing, Tone, Vertical } from '../../domain/entities/campaign';
import type { CampaignSortField } from '../../modules/campaigns/read-campaigns';
import { MoneyInput } from '../money/money.type';
import { DateTimeScalar } from '../scalars';
import { CampaignSortFieldEnum, CampaignStatusEnum, PacingEnum, SortDirectionEnum, ToneEnum, VerticalEnum } from './campaign.enums';

const optional = { nullable: true } as const;

@InputType({ description: 'All that copy may state. What is absent stays as it is; null empties.' })
export class ProductFactsInput {
  @Field(() => String, { ...optional, description: 'What it is called, at most 120 characters; needed at creation.' })
  name?: string;

  @Field(() => String, { ...optional, description: 'Whose it is, at most 80 characters.' })
  brand?: string | null;

  @Field(() => String, { ...optional, description: 'What it is, in a few sentences, at most 4,000 characters.' })
  description?: string | null;

  @Field(() => [String], { ...optional, description: 'Short noun phrases, at most 30: "a waterproof membrane".' })
  features?: string[];

  @Field(() => [String], { ...optional, description: 'Short phrases, at most 20: "20% off this week".' })
  offers?: string[];

  @Field(() => MoneyInput, { ...optional, description: 'What it costs.' })
  price?: MoneyInput | null;

  @Field(() => String, { ...optional, description: 'Where a click leads: http or https.' })
  url?: string | null;
}

@InputType({ description: 'How copy sounds, and what it may not or must say.' })
export class VoiceInput {
  @Field(() => ToneEnum, { ...optional, description: 'The tone of generated copy; PLAIN when never said.' })
  tone?: Tone;

  @Field(() => [String], { ...optional, description: 'Words and phrases that no ad may hold, at most 500.' })
  bannedWords?: string[];

  @Field(() => String, { ...optional, description: 'Text that every ad must carry, word for word.' })
  requiredDisclaimer?: string | null;
}

@InputType({ description: 'Asks that an attribute of the profile has one of these values.' })
export class AttributeRuleInput {
  @Field(() => String, { description: 'Name of the attribute.' })
  name!: string;

  @Field(() => [String], { description: 'Values that match.' })
  anyOf!: string[];
}

@InputType({ description: 'Who may see the campaign. An empty list asks for nothing; all that is asked must hold.' })
export class AudienceRulesInput {
  @Field(() => [String], { ...optional, description: 'At least one of these interests.' })
  interestsAnyOf?: string[];

  @Field(() => [String], { ...optional, description: 'None of these interests.' })
  interestsNoneOf?: string[];

  @Field(() => [String], { ...optional, description: 'At least one of these segments.' })
  segmentsAnyOf?: string[];

  @Field(() => [String], { ...optional, description: 'None of these segments.' })
  segmentsNoneOf?: string[];

  @Field(() => [AttributeRuleInput], { ...optional, description: 'Attributes that must match, all of them.' })
  attributes?: AttributeRuleInput[];
}

@InputType({ description: 'What the campaign wants. At least one weight must be above 0.' })
export class ObjectivesInput {
  @Field(() => Float, { ...optional, description: 'How much clicks count, 0 to 1,000; 1 when never said.' })
  clickWeight?: number;

  @Field(() => Float, { ...optional, description: 'How much conversions count, 0 to 1,000.' })
  conversionWeight?: number;

  @Field(() => Float, { ...optional, description: 'How much revenue counts, 0 to 1,000.' })
  revenueWeight?: number;

  @Field(() => MoneyInput, { ...optional, description: 'What one click is worth; one unit when never said.' })
  clickValue?: MoneyInput;

  @Field(() => MoneyInput, { ...optional, description: 'What one conversion is worth.' })
  conversionValue?: MoneyInput;

  @Field(() => MoneyInput, { ...optional, description: 'The revenue that one conversion brings.' })
  revenuePerConversion?: MoneyInput;
}

@InputType({ description: 'When the campaign runs.' })
export class FlightInput {
  @Field(() => DateTimeScalar, { ...optional, description: 'The first moment; now when never said.' })
  startsAt?: Date;

  @Field(() => DateTimeScalar, { ...optional, description: 'The moment it is over, later than startsAt; null has no end.' })
  endsAt?: Date | null;
}

@InputType({ description: 'What may be spent; null is unlimited.' })
export class BudgetInput {
  @Field(() => MoneyInput, { ...optional, description: 'Over the whole flight.' })
  total?: MoneyInput | null;

  @Field(() => MoneyInput, { ...optional, description: 'In one day (UTC), at most the total.' })
  daily?: MoneyInput | null;
}

@InputType({ description: 'How often one person may see the campaign.' })
export class FrequencyCapInput {
  @Field(() => Int, { description: 'At most so many impressions, 1 to 10,000.' })
  impressions!: number;

  @Field(() => Int, { description: 'In any so many hours, 1 to 8,760.' })
  perHours!: number;
}

@InputType({ description: 'What may be said of a campaign.' })
export abstract class CampaignFields {
  @Field(() => VerticalEnum, { ...optional, description: 'The trade it advertises in; OTHER when never said.' })
  vertical?: Vertical;

  @Field(() => ProductFactsInput, { ...optional, description: 'All that copy may state.' })
  product?: ProductFactsInput;

  @Field(() => VoiceInput, { ...optional, description: 'How copy sounds.' })
  voice?: VoiceInput;

  @Field(() => AudienceRulesInput, { ...optional, description: 'Who may see it.' })
  audience?: AudienceRulesInput;

  @Field(() => ObjectivesInput, { ...optional, description: 'What it wants.' })
  objectives?: ObjectivesInput;

  @Field(() => String, { ...optional, description: 'ISO 4217; EUR when never said.' })
  currency?: string;

  @Field(() => FlightInput, { ...optional, description: 'When it runs.' })
  flight?: FlightInput;

  @Field(() => BudgetInput, { ...optional, description: 'What may be spent.' })
  budget?: BudgetInput;

  @Field(() => PacingEnum, { ...optional, description: 'How its budget is spread; EVEN when never said.' })
  pacing?: Pacing;

  @Field(() => FrequencyCapInput, { ...optional, description: 'How often one person may see it; null is unlimited.' })
  frequencyCap?: FrequencyCapInput | null;

  @Field(() => MoneyInput, { ...optional, description: 'What a thousand impressions cost; nothing when never said.' })
  costPerThousand?: MoneyInput;

  @Field(() => MoneyInput, { ...optional, description: 'What one click costs; nothing when never said.' })
  costPerClick?: MoneyInput;

  @Field(() => MoneyInput, { ...optional, description: 'Most that one conversion may cost: a click is worth no more than that times its chance of a conversion. Null is unlimited.' })
  targetCostPerConversion?: MoneyInput | null;

  @Field(() => Int, { ...optional, description: 'How many hours after the decision a click still counts, 1 to 2,160; 24 when never said.' })
  clickWindowHours?: number;

  @Field(() => Int, { ...optional, description: 'How many hours after the decision a conversion still counts, 1 to 2,160; 168 when never said.' })
  conversionWindowHours?: number;

  @Field(() => Boolean, { ...optional, description: 'True checks everything and changes nothing.' })
  validateOnly?: boolean;
}

@InputType({ description: 'A new campaign, in DRAFT.' })
export class CreateCampaignInput extends CampaignFields {
  @Field(() => String, { description: 'Its name, for people, at most 200 characters.' })
  name!: string;

  @Field(() => String, { ...optional, description: "The caller's own name for it, unique among campaigns." })
  externalId?: string | null;

  @Field(() => String, { ...optional, description: 'Makes a retry safe: the same key gives the campaign of the first call.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A change of a campaign: what is absent stays as it is.' })
export class UpdateCampaignInput extends CampaignFields {
  @Field(() => ID, { description: 'The campaign.' })
  id!: string;

  @Field(() => Int, { description: 'The version that the change was made against.' })
  expectedVersion!: number;

  @Field(() => String, { ...optional, description: 'Its name, for people, at most 200 characters.' })
  name?: string;
}

@InputType({ description: 'A new status of a campaign.' })
export class SetCampaignStatusInput {
  @Field(() => ID, { description: 'The campaign.' })
  id!: string;

  @Field(() => Int, { description: 'The version that the change was made against.' })
  expectedVersion!: number;

  @Field(() => CampaignStatusEnum, { description: 'DRAFT to ACTIVE; ACTIVE to PAUSED or ENDED; PAUSED to ACTIVE or ENDED; anything but ACTIVE to ARCHIVED.' })
  status!: CampaignStatus;

  @Field(() => Boolean, { ...optional, description: 'True checks everything and changes nothing.' })
  validateOnly?: boolean;
}

@InputType({ description: 'Which campaigns; all that is said must hold.' })
export class CampaignFilterInput {
  @Field(() => [CampaignStatusEnum], { ...optional, description: 'One of these statuses.' })
  statuses?: CampaignStatus[];

  @Field(() => [VerticalEnum], { ...optional, description: 'One of these verticals.' })
  verticals?: Vertical[];

  @Field(() => String, { ...optional, description: 'Part of the name, in any letter case.' })
  search?: string;

  @Field(() => DateTimeScalar, { ...optional, description: 'Flight contains this moment.' })
  inFlightAt?: Date;
}

@InputType({ description: 'The order of a list of campaigns.' })
export class CampaignSortInput {
  @Field(() => CampaignSortFieldEnum, { description: 'By what.' })
  field!: CampaignSortField;

  @Field(() => SortDirectionEnum, { description: 'Which way.' })
  direction!: 'ASC' | 'DESC';
}
