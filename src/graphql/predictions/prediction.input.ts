import { ArgsType, Field, ID, InputType } from 'type-graphql';
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
