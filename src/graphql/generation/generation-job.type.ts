import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Tone } from '../../domain/entities/campaign';
import type { GenerationStatus } from '../../domain/entities/generation-job';
import { ToneEnum } from '../campaigns/campaign.enums';
import { enumType } from '../enum-type';
import { MutationPayload } from '../errors/user-error.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';

const optional = { nullable: true } as const;

export const GenerationStatusEnum = enumType<GenerationStatus>('GenerationStatus', 'Where a request for copy stands.', {
  QUEUED: 'Waiting for the writer.',
  RUNNING: 'Being written.',
  SUCCEEDED: 'Done; there may be fewer creatives than asked, where the guard turned the rest away.',
  FAILED: 'Nothing could be written; the error says why.',
  CANCELLED: 'Stopped on request; what was written stays.',
});

@ObjectType({ description: 'Why a job failed.' })
export class GenerationError {
  @Field(() => String, { description: 'For machines.' })
  code!: string;

  @Field(() => String, { description: 'For people.' })
  message!: string;
}

@ObjectType('GenerationJob', { implements: Node, description: 'One request for copy, worked off in the background.' })
export class GenerationJobType extends Node {
  @Field(() => GenerationStatusEnum, { description: 'Where it stands.' })
  status!: GenerationStatus;

  @Field(() => Int, { description: 'Creatives asked for.' })
  requested!: number;

  @Field(() => Int, { description: 'Creatives written so far.' })
  done!: number;

  @Field(() => Int, { description: 'Pieces of copy that the guard or the search for duplicates turned away.' })
  rejected!: number;

  @Field(() => Float, { description: 'The same seed on the same state gives the same copy.' })
  seed!: number;

  @Field(() => GenerationError, { ...optional, description: 'Why it failed; null unless it did.' })
  error!: GenerationError | null;

  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { ...optional, description: 'When the writer began.' })
  startedAt!: Date | null;

  @Field(() => DateTimeScalar, { ...optional, description: 'When it ended.' })
  finishedAt!: Date | null;
}

@InputType({ description: 'A request for copy. It runs in the background: follow it with generationProgress.' })
export class GenerateCreativesInput {
  @Field(() => ID, { description: 'The campaign; its facts and voice bind the copy.' })
  campaignId!: string;

  @Field(() => ID, { ...optional, description: 'Write for this person, as far as they agreed.' })
  profileId?: string | null;

  @Field(() => String, { ...optional, description: 'Write for what the people of this segment follow most. Not together with profileId.' })
  segment?: string | null;

  @Field(() => Int, { description: 'How many creatives, 1 to 100.', defaultValue: 8 })
  count!: number;

  @Field(() => Int, { ...optional, description: 'Makes the copy repeatable; another each time when absent.' })
  seed?: number | null;

  @Field(() => ToneEnum, { ...optional, description: "Instead of the campaign's tone." })
  tone?: Tone | null;

  @Field(() => String, { ...optional, description: 'Write for this interest, such as "trail running".' })
  interest?: string | null;

  @Field(() => Float, { ...optional, description: '0.1 to 2: low is safe, high is bold.' })
  temperature?: number | null;

  @Field(() => Boolean, { ...optional, description: 'Write a body too; true when absent.' })
  withBody?: boolean | null;

  @Field(() => Boolean, { ...optional, description: 'Write a call to action too; true when absent.' })
  withCallToAction?: boolean | null;

  @Field(() => ID, { ...optional, description: 'Write variations beside this creative.' })
  parentId?: string | null;

  @Field(() => Boolean, { ...optional, description: 'Copy that the guard finds nothing grave in is APPROVED at once, without review; false when absent.' })
  autoApprove?: boolean | null;

  @Field(() => ID, { ...optional, description: 'Have this writer write, such as a candidate that is to be tried beside the live one; the live one when absent.' })
  writerVersionId?: string | null;

  @Field(() => String, { ...optional, description: 'Makes a retry safe: the same key gives the job of the first call.' })
  idempotencyKey?: string | null;

  @Field(() => Boolean, { ...optional, description: 'True checks everything and starts nothing.' })
  validateOnly?: boolean;
}

@InputType({ description: 'A job to stop.' })
export class CancelGenerationInput {
  @Field(() => ID, { description: 'The job.' })
  jobId!: string;
}

@ObjectType({ description: 'What a mutation of a generation job answers.' })
export class GenerationJobPayload extends MutationPayload {
  @Field(() => GenerationJobType, { ...optional, description: 'The job as it is now; null on errors and dry runs.' })
  job!: object | null;
}

@ObjectType({ description: 'One step of a generation job, as it is told to subscribers.' })
export class GenerationProgressEvent {
  @Field(() => String, { description: 'Give it as after to go on from here.' })
  cursor!: string;

  @Field(() => GenerationStatusEnum, { description: 'Where the job stood at this step.' })
  status!: GenerationStatus;

  @Field(() => Int, { description: 'Creatives asked for.' })
  requested!: number;

  @Field(() => Int, { description: 'Creatives written by this step.' })
  done!: number;

  @Field(() => Int, { description: 'Pieces of copy turned away by this step.' })
  rejected!: number;

  @Field(() => GenerationJobType, { ...optional, description: 'The job as it is now, which may be further on.' })
  job!: object | null;
}
