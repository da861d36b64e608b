import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import type { CreativeOrigin, CreativeStatus } from '../../domain/entities/creative';
import type { CreativeSortField } from '../../modules/creatives/read-creatives';
import type { ReviewVerdict } from '../../modules/creatives/review-creative';
import { SortDirectionEnum } from '../campaigns/campaign.enums';
import { PageArgs } from '../relay/page.args';
import { CreativeOriginEnum, CreativeSortFieldEnum, CreativeStatusEnum, ReviewVerdictEnum } from './creative.enums';

const optional = { nullable: true } as const;
const DRY_RUN = 'True checks everything and changes nothing.';

@InputType({ description: 'Copy that a person wrote.' })
export class CreateCreativeInput {
  @Field(() => ID, { description: 'The campaign that it advertises.' })
  campaignId!: string;

  @Field(() => String, { ...optional, description: "The caller's own name for it, unique in the campaign." })
  externalId?: string | null;

  @Field(() => String, { description: 'The headline; the guard blocks more than 30 characters as people see them.' })
  headline!: string;

  @Field(() => String, { ...optional, description: 'The description below it; the guard blocks more than 90.' })
  body?: string | null;

  @Field(() => String, { ...optional, description: 'The words on the button; the guard blocks more than 20.' })
  callToAction?: string | null;

  @Field(() => String, { ...optional, description: 'The image: an http or https address.' })
  imageUrl?: string | null;

  @Field(() => String, { ...optional, description: 'Makes a retry safe: the same key gives the creative of the first call.' })
  idempotencyKey?: string | null;

  @Field(() => Boolean, { ...optional, description: DRY_RUN })
  validateOnly?: boolean;
}

@InputType({ description: 'New copy; what is absent stays as it is. Changed copy is a draft again.' })
export class UpdateCreativeInput {
  @Field(() => ID, { description: 'The creative.' })
  id!: string;

  @Field(() => Int, { description: 'The version that the change was made against.' })
  expectedVersion!: number;

  @Field(() => String, { ...optional, description: 'The headline.' })
  headline?: string;

  @Field(() => String, { ...optional, description: 'The description below it; null takes it away.' })
  body?: string | null;

  @Field(() => String, { ...optional, description: 'The words on the button; null takes them away.' })
  callToAction?: string | null;

  @Field(() => String, { ...optional, description: 'The image; null takes it away.' })
  imageUrl?: string | null;

  @Field(() => Boolean, { ...optional, description: DRY_RUN })
  validateOnly?: boolean;
}

@InputType({ description: 'A verdict on a creative.' })
export class ReviewCreativeInput {
  @Field(() => ID, { description: 'The creative.' })
  id!: string;

  @Field(() => Int, { description: 'The version that was reviewed.' })
  expectedVersion!: number;

  @Field(() => ReviewVerdictEnum, { description: 'The decision.' })
  verdict!: ReviewVerdict;

  @Field(() => String, { ...optional, description: 'Why, for whoever wrote it.' })
  note?: string | null;

  @Field(() => Boolean, { ...optional, description: DRY_RUN })
  validateOnly?: boolean;
}

@InputType({ description: 'Which creatives of a campaign; all that is said must hold.' })
export class CampaignCreativeFilterInput {
  @Field(() => [CreativeStatusEnum], { ...optional, description: 'One of these statuses.' })
  statuses?: CreativeStatus[];

  @Field(() => [CreativeOriginEnum], { ...optional, description: 'One of these origins.' })
  origins?: CreativeOrigin[];

  @Field(() => String, { ...optional, description: 'Part of the headline or body, in any letter case.' })
  search?: string;
}

@InputType({ description: 'Which creatives; all that is said must hold.' })
export class CreativeFilterInput extends CampaignCreativeFilterInput {
  @Field(() => [ID], { ...optional, description: 'Of one of these campaigns.' })
  campaignIds?: string[];
}

@InputType({ description: 'The order of a list of creatives.' })
export class CreativeSortInput {
  @Field(() => CreativeSortFieldEnum, { description: 'By what.' })
  field!: CreativeSortField;

  @Field(() => SortDirectionEnum, { description: 'Which way.' })
  direction!: 'ASC' | 'DESC';
}

@ArgsType()
export class CampaignCreativesArgs extends PageArgs {
  @Field(() => CampaignCreativeFilterInput, { ...optional, description: 'Which ones.' })
  filter?: CampaignCreativeFilterInput | null;

  @Field(() => CreativeSortInput, { ...optional, description: 'In which order.' })
  sort?: CreativeSortInput | null;
}
