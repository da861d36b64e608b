import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { ArmPolicy, ExperimentStatus } from '../../domain/entities/experiment';
import { enumType } from '../enum-type';
import { MutationPayload } from '../errors/user-error.type';
import { ModelVersionType } from '../models/model-version.type';
import { connectionTypeOf } from '../relay/connection.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';

export const ExperimentStatusEnum = enumType<ExperimentStatus>('ExperimentStatus', 'Where an experiment stands.', {
  RUNNING: 'People are dealt into it, from its start on and until its end.',
  ENDED: 'Nobody is dealt into it any more.',
});

export const ArmPolicyEnum = enumType<ArmPolicy>('ArmPolicy', 'How an arm chooses among creatives.', {
  THOMPSON: 'Each as often as it is the best, by model and outcomes.',
  UCB: 'The best that may well be true, by model and outcomes.',
  GREEDY: 'The best by model and outcomes; explores only as much as is always explored.',
  MODEL_ONLY: 'The best by the model, whatever outcomes said.',
  UNIFORM: 'All alike.',
});

@ObjectType({ description: 'One way of choosing, and how many people get it.' })
export class ExperimentArm {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => Float, { description: "Its weight beside the other arms'." })
  weight!: number;

  @Field(() => ArmPolicyEnum, { description: 'How it chooses.' })
  policy!: ArmPolicy;

  @Field(() => ModelVersionType, { nullable: true, description: 'The classifier that scores for it; null is the live one.' })
  classifierVersion!: object | null;

  @Field(() => ModelVersionType, { nullable: true, description: 'The writer whose copy it shows, beside copy by people; null shows all copy.' })
  writerVersion!: object | null;
}

@ObjectType('Experiment', { implements: Node, description: 'People dealt over arms, each the same arm always, so that what differs between arms was caused by them.' })
export class ExperimentType extends Node {
  @Field(() => String, { description: 'Its name, for people.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'The placement that it speaks of; null is every one.' })
  placement!: string | null;

  @Field(() => Float, { description: 'Share of people whom no model chooses for, 0 to 0.9.' })
  holdout!: number;

  @Field(() => DateTimeScalar, { description: 'When it begins.' })
  startsAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is over; null runs until it is ended.' })
  endsAt!: Date | null;

  @Field(() => Int, { description: 'Grows with every change: send it as expectedVersion.' })
  version!: number;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const ExperimentConnection = connectionTypeOf('Experiment', () => ExperimentType);

@ObjectType({ description: 'What a mutation of an experiment answers.' })
export class ExperimentPayload extends MutationPayload {
  @Field(() => ExperimentType, { nullable: true, description: 'The experiment as it is now; null on errors and dry runs.' })
  experiment!: object | null;
}
