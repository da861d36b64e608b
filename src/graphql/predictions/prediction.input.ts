import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import type { PredictionSortField } from '../../modules/predictions/read-predictions';
import { SortDirectionEnum } from '../campaigns/campaign.enums';
import { PageArgs } from '../relay/page.args';
import { DateTimeScalar } from '../scalars';
import { PredictionSortFieldEnum } from './prediction.type';

const optional = { nullable: true } as const;

@InputType({ description: 'Which predictions; all that is said must hold.' })
export class PredictionFilterInput {
  @Field(() => ID, { ...optional, description: 'For this person.' })
  profileId?: string;

  @Field(() => ID, { ...optional, description: 'Of creatives of this campaign.' })
  campaignId?: string;

  @Field(() => ID, { ...optional, description: 'Of this creative.' })
  creativeId?: string;

  @Field(() => ID, { ...optional, description: 'By this model version.' })
  modelVersionId?: string;

  @Field(() => DateTimeScalar, { ...optional, description: 'Made at or after this moment.' })
  since?: Date;

  @Field(() => DateTimeScalar, { ...optional, description: 'Made before this moment.' })
  until?: Date;
}

@InputType({ description: 'The order of a list of predictions.' })
export class PredictionSortInput {
  @Field(() => PredictionSortFieldEnum, { description: 'By what.' })
  field!: PredictionSortField;

  @Field(() => SortDirectionEnum, { description: 'Which way.' })
  direction!: 'ASC' | 'DESC';
}

@ArgsType()
export class PredictionsArgs extends PageArgs {
  @Field(() => PredictionFilterInput, { ...optional, description: 'Which ones.' })
  filter?: PredictionFilterInput | null;

  @Field(() => PredictionSortInput, { ...optional, description: 'In which order.' })
  sort?: PredictionSortInput | null;
}

@ArgsType()
export class RankArgs {
  @Field(() => ID, { ...optional, description: 'The campaign; or name it by campaignExternalId.' })
  campaignId?: string | null;

  @Field(() => String, { ...optional, description: "The campaign by the caller's own id." })
  campaignExternalId?: string | null;

  @Field(() => ID, { ...optional, description: 'The person; or name them by profileExternalId. Neither ranks for nobody in particular.' })
  profileId?: string | null;

  @Field(() => String, { ...optional, description: "The person by the caller's own id." })
  profileExternalId?: string | null;

  @Field(() => Int, { defaultValue: 10, description: 'How many of the best, 1 to 100.' })
  first!: number;

  @Field(() => Int, {
    ...optional,
    description: 'The answer is wanted within so many milliseconds, 1 to 60000. Where the model cannot keep to it, the ranking is FIRST_STAGE; never an error for want of time. None: wait for the model.',
  })
  deadlineMs?: number | null;
}
