import { Field, Float, InputType, ObjectType } from 'type-graphql';
import type { ModelKind, ModelStage } from '../../domain/entities/model-version';
import { enumType } from '../enum-type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';

export const ModelKindEnum = enumType<ModelKind>('ModelKind', 'What a model is for.', {
  CLASSIFIER: 'Says how likely a click is.',
  WRITER: 'Writes copy.',
});

export const ModelStageEnum = enumType<ModelStage>('ModelStage', 'Where a model version stands.', {
  CANDIDATE: 'Trained, not yet judged.',
  SHADOW: 'Answers beside the live one, unseen.',
  LIVE: 'Answers.',
  RETIRED: 'Answered once.',
});

@ObjectType({ description: 'One figure of an evaluation.' })
export class Metric {
  @Field(() => String, { description: 'What was measured.' })
  name!: string;

  @Field(() => Float, { description: 'What it came to.' })
  value!: number;
}

@ObjectType('ModelVersion', { implements: Node, description: 'One exact set of weights.' })
export class ModelVersionType extends Node {
  @Field(() => ModelKindEnum, { description: 'What it is for.' })
  kind!: ModelKind;

  @Field(() => String, { description: 'Its name, for people.' })
  name!: string;

  @Field(() => String, { description: 'Hash of weights, configuration and tokeniser: the same content is the same version.' })
  contentHash!: string;

  @Field(() => String, { nullable: true, description: 'Content hash of the model it was tuned from.' })
  base!: string | null;

  @Field(() => String, { nullable: true, description: "Its adapter's name." })
  adapter!: string | null;

  @Field(() => Float, { description: 'Number of weights.' })
  parameters!: number;

  @Field(() => String, { nullable: true, description: 'Hash of the rows it was trained on.' })
  dataFingerprint!: string | null;

  @Field(() => ModelStageEnum, { description: 'Where it stands.' })
  stage!: ModelStage;

  @Field(() => DateTimeScalar, { description: 'When it was first seen.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  updatedAt!: Date;
}

@InputType({ description: 'Which model versions; all that is said must hold.' })
export class ModelVersionFilterInput {
  @Field(() => [ModelKindEnum], { nullable: true, description: 'One of these kinds.' })
  kinds?: ModelKind[];

  @Field(() => [ModelStageEnum], { nullable: true, description: 'One of these stages.' })
  stages?: ModelStage[];
}
