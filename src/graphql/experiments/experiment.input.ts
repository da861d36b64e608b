import { Field, Float, ID, InputType, Int } from 'type-graphql';
import type { ArmPolicy, ExperimentStatus } from '../../domain/entities/experiment';
import { DateTimeScalar } from '../scalars';
import { ArmPolicyEnum, ExperimentStatusEnum } from './experiment.type';

const optional = { nullable: true } as const;

@InputType({ description: 'One way of choosing, and how many people get it.' })
export class ExperimentArmInput {
  @Field(() => String, { description: 'Its name, at most 60 characters, none like another arm\'s.' })
  name!: string;

  @Field(() => Float, { ...optional, description: "Its weight beside the other arms', above 0; 1 when never said." })
  weight?: number | null;

  @Field(() => ArmPolicyEnum, { ...optional, description: 'How it chooses; THOMPSON when never said.' })
  policy?: ArmPolicy | null;

  @Field(() => ID, { ...optional, description: 'The classifier that scores for it, what is of its vertical; the live ones when never said.' })
  classifierVersionId?: string | null;

  @Field(() => ID, { ...optional, description: 'The writer whose copy it shows, beside copy by people; all copy when never said.' })
  writerVersionId?: string | null;
}

@InputType({ description: 'A new experiment.' })
export class CreateExperimentInput {
  @Field(() => String, { description: 'Its name, at most 120 characters.' })
  name!: string;

  @Field(() => String, { ...optional, description: 'The placement that it speaks of; every one when never said.' })
  placement?: string | null;

  @Field(() => [ID], { ...optional, description: 'The campaigns that it speaks of, at most 100; every one when never said.' })
  campaignIds?: string[] | null;

  @Field(() => [ExperimentArmInput], { description: 'The arms, at most 10; the first is the control.' })
  arms!: ExperimentArmInput[];

  @Field(() => Float, { ...optional, description: 'Share of people whom no model chooses for, 0 to 0.9; 0 when never said.' })
  holdout?: number | null;

  @Field(() => DateTimeScalar, { ...optional, description: 'When it begins, not in the past; now when never said.' })
  startsAt?: Date | null;

  @Field(() => DateTimeScalar, { ...optional, description: 'When it is over; until it is ended when never said.' })
  endsAt?: Date | null;

  @Field(() => String, { ...optional, description: 'Repeats with the same key make nothing twice.' })
  idempotencyKey?: string | null;

  @Field(() => Boolean, { ...optional, description: 'True checks everything and makes nothing.' })
  validateOnly?: boolean;
}

@InputType({ description: 'An experiment to end.' })
export class EndExperimentInput {
  @Field(() => ID, { description: 'The experiment.' })
  id!: string;

  @Field(() => Int, { description: 'The version that was read.' })
  expectedVersion!: number;

  @Field(() => Boolean, { ...optional, description: 'True checks everything and changes nothing.' })
  validateOnly?: boolean;
}

@InputType({ description: 'Which experiments.' })
export class ExperimentFilterInput {
  @Field(() => [ExperimentStatusEnum], { ...optional, description: 'One of these statuses.' })
  statuses?: ExperimentStatus[] | null;
}
