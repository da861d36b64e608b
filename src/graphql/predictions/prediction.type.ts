import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { RankingStage } from '../../modules/predictions/rank-in-time';
import type { PredictionSortField } from '../../modules/predictions/read-predictions';
import { enumType } from '../enum-type';
import { connectionTypeOf } from '../relay/connection.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';

export const PredictionSortFieldEnum = enumType<PredictionSortField>('PredictionSortField', 'What predictions are sorted by.', {
  CREATED_AT: 'When it was made.',
  P_CLICK: 'Chance of a click.',
  EXPECTED_VALUE: 'Expected value of an impression.',
  RANK: 'Rank within its ranking.',
});

export const RankingStageEnum = enumType<RankingStage>('RankingStage', 'What a ranking rests on.', {
  MODEL: 'The model scored the creatives.',
  FIRST_STAGE: 'There was no time for the model: the creatives are in the order of what was counted of them, click rates shrunk towards that of the campaign. Nothing of it is kept.',
});

@ObjectType({ description: 'Where the time of one reply of a model went, in milliseconds.' })
export class ModelTiming {
  @Field(() => Float, { description: 'Turning text into tokens.' })
  tokeniseMs!: number;

  @Field(() => Float, { description: 'Waiting for the model to be free.' })
  queueMs!: number;

  @Field(() => Float, { description: 'The model at work.' })
  inferenceMs!: number;
}

@ObjectType('Prediction', { implements: Node, description: 'What a model said about one creative before one person, at one time.' })
export class PredictionType extends Node {
  @Field(() => Float, { description: 'Calibrated chance of a click, 0 to 1.' })
  pClick!: number;

  @Field(() => Float, { nullable: true, description: 'Chance of a conversion, 0 to 1: chance of a click times the conversions per click that were counted.' })
  pConversion!: number | null;

  @Field(() => Float, { description: 'Standard deviation of the logit: how unsure the model is.' })
  uncertainty!: number;

  @Field(() => Int, { description: 'Place in its ranking; 1 is first.' })
  rank!: number;

  @Field(() => Int, { description: 'Version of the creative that was scored.' })
  creativeVersion!: number;

  @Field(() => Int, { nullable: true, description: 'Version of the profile that was read.' })
  profileVersion!: number | null;

  @Field(() => String, { description: 'What computed it: cpu, webgpu or cuda; none in a ranking that is FIRST_STAGE.' })
  device!: string;

  @Field(() => ModelTiming, { description: 'Where the time of the whole ranking went.' })
  timing!: ModelTiming;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;
}

export const PredictionConnection = connectionTypeOf('Prediction', () => PredictionType);

@ObjectType('Ranking', { description: 'Approved creatives of a campaign in the order of their expected value for one person.' })
export class RankingType {
  @Field(() => ID, { description: 'Shared by the predictions of this ranking.' })
  id!: string;

  @Field(() => Boolean, { description: 'Whether anything of the person reached the model: false without consent or history.' })
  personalised!: boolean;

  @Field(() => Int, { description: 'How many approved creatives the campaign has.' })
  candidates!: number;

  @Field(() => Int, {
    description: 'How many of them the model scored: all, or where there are more than a hundred, those that a first stage over embeddings chose.',
  })
  scored!: number;

  @Field(() => RankingStageEnum, { description: 'What the order rests on. Without deadlineMs always MODEL.' })
  stage!: RankingStage;

  @Field(() => [PredictionType], { description: 'Best first, at most first. Those of the model are kept behind the answer; those of a FIRST_STAGE ranking are not, and have no modelVersion.', complexity: ({ childComplexity }) => childComplexity })
  predictions!: object[];

  @Field(() => ModelTiming, { description: 'Where the time went.' })
  timing!: ModelTiming;
}

@ObjectType({ description: 'One prediction, as it is told to subscribers.' })
export class PredictionMadeEvent {
  @Field(() => String, { description: 'Give it as after to go on from here.' })
  cursor!: string;

  @Field(() => PredictionType, { nullable: true, description: 'The prediction; null when it is gone, as after the erasure of its profile.' })
  prediction!: object | null;
}
