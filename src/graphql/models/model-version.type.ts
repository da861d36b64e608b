import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Vertical } from '../../domain/entities/campaign';
import type { ModelKind, ModelStage } from '../../domain/entities/model-version';
import { VerticalEnum } from '../campaigns/campaign.enums';
import { enumType } from '../enum-type';
import { MutationPayload } from '../errors/user-error.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';

export const ModelKindEnum = enumType<ModelKind>('ModelKind', 'What a model is for.', {
  CLASSIFIER: 'Says how likely a click is.',
  WRITER: 'Writes copy.',
});

export const ModelStageEnum = enumType<ModelStage>('ModelStage', 'Where a model version stands.', {
  CANDIDATE: 'Trained, or rolled back from: it may be promoted.',
  SHADOW: 'Answers beside the live one, unseen.',
  LIVE: 'Answers.',
  RETIRED: 'Answered until another was promoted: a rollback goes back to it.',
});

export const ServingStageEnum = enumType<Extract<ModelStage, 'SHADOW' | 'LIVE'>>('ServingStage', 'What a model version is promoted to.', {
  SHADOW: 'It scores beside the live one, serves nothing, and its scores are logged with decisions.',
  LIVE: 'It answers.',
});

@ObjectType({ description: 'Why a version that should serve cannot. The base answers in its place.' })
export class ModelProblemType {
  @Field(() => String, { description: 'For machines, such as ADAPTER_UNAVAILABLE.' })
  code!: string;

  @Field(() => String, { description: 'For people.' })
  message!: string;
}

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

  @Field(() => VerticalEnum, { nullable: true, description: 'The vertical that it is for; null serves every vertical that has none of its own.' })
  vertical!: Vertical | null;

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

  @Field(() => Int, { description: 'People who were erased since, and whose decisions were in the log that it was trained on. Train it again to be rid of what it learnt of them.' })
  erasedPeople!: number;

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

@InputType({ description: 'A version to promote. It is loaded first; requests in flight end with what they began with, and none fails.' })
export class PromoteModelInput {
  @Field(() => ID, { description: 'The version.' })
  modelVersionId!: string;

  @Field(() => ServingStageEnum, { description: 'What it becomes.' })
  stage!: 'SHADOW' | 'LIVE';

  @Field(() => String, { description: 'Why; kept in the audit trail.' })
  reason!: string;

  @Field(() => Boolean, { nullable: true, description: 'True promotes it although the gate did not pass it; the audit trail says so.' })
  override?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'The version of its own that you saw LIVE for the vertical, null where the base answered: refused when another does by now. Not checked when absent.' })
  expectedLiveId?: string | null;

  @Field(() => ID, { nullable: true, description: "Of a writer: the experiment that showed its copy beside the live writer's, whose report must say that it is clicked more." })
  experimentId?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True checks everything, loads the version and changes nothing.' })
  validateOnly?: boolean | null;
}

@InputType({ description: 'Which vertical goes back to the version that answered before.' })
export class RollbackModelInput {
  @Field(() => ModelKindEnum, { description: 'Of which kind.' })
  kind!: ModelKind;

  @Field(() => VerticalEnum, { nullable: true, description: 'Of a classifier, for which vertical; a writer writes for all.' })
  vertical?: Vertical | null;

  @Field(() => String, { nullable: true, description: 'Why; kept in the audit trail.' })
  reason?: string | null;
}

@ObjectType({ description: 'What promoting a model answers.' })
export class PromoteModelPayload extends MutationPayload {
  @Field(() => ModelVersionType, { nullable: true, description: 'The version as it is now; null on errors and dry runs.' })
  modelVersion!: object | null;
}

@ObjectType({ description: 'What rolling a model back answers.' })
export class RollbackModelPayload extends MutationPayload {
  @Field(() => ModelVersionType, { nullable: true, description: 'What answered until now: a CANDIDATE again. Null on errors.' })
  from!: object | null;

  @Field(() => ModelVersionType, { nullable: true, description: 'What answers now; null is the base, and null on errors.' })
  to!: object | null;
}

@ObjectType({ description: 'A change of what serves, as it is told to subscribers.' })
export class ModelChangedEvent {
  @Field(() => String, { description: 'Give it as after to go on from here.' })
  cursor!: string;

  @Field(() => ModelStageEnum, { description: 'Where the version stood after this change.' })
  stage!: ModelStage;

  @Field(() => ModelVersionType, { nullable: true, description: 'The version as it is now.' })
  modelVersion!: object | null;
}
