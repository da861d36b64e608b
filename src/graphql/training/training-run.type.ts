import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Vertical } from '../../domain/entities/campaign';
import type { ModelKind } from '../../domain/entities/model-version';
import type { TrainingPhase, TrainingStatus, TrainingTrigger } from '../../domain/entities/training-run';
import { VerticalEnum } from '../campaigns/campaign.enums';
import { enumType } from '../enum-type';
import { MutationPayload } from '../errors/user-error.type';
import { ModelKindEnum } from '../models/model-version.type';
import { connectionTypeOf } from '../relay/connection.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';

const optional = { nullable: true } as const;

export const TrainingStatusEnum = enumType<TrainingStatus>('TrainingStatus', 'Where a training run stands.', {
  QUEUED: 'Waiting for its turn.',
  RUNNING: 'Reads the log, learns, or is judged.',
  SUCCEEDED: 'Trained, and passed by the gate: its version may be promoted.',
  REFUSED: 'The gate did not pass it, or there was too little to learn from; the report says why.',
  FAILED: 'It could not be trained; the error says why.',
  CANCELLED: 'Stopped on request.',
});

export const TrainingTriggerEnum = enumType<TrainingTrigger>('TrainingTrigger', 'What started a training run.', {
  MANUAL: 'Somebody asked for it.',
  SCHEDULE: 'Its time had come.',
  DRIFT: 'What the model promised and what came had drifted apart.',
});

export const TrainingPhaseEnum = enumType<TrainingPhase>('TrainingPhase', 'What a training run does at a moment.', {
  DATA: 'Reads the log.',
  TRAINING: 'Learns.',
  GATE: 'Is judged against the live model on decisions that neither learnt from.',
});

export const WeightingEnum = enumType<'NONE' | 'INVERSE_PROPENSITY'>('TrainingWeighting', 'How much each logged decision counts.', {
  NONE: 'All alike.',
  INVERSE_PROPENSITY: 'By one over the probability of its choice, clipped: as if everything had been shown equally often.',
});

export const LearnsEnum = enumType<'AUTO' | 'WORDS' | 'LAYERS'>('TrainingLearns', 'What of a classifier learns.', {
  AUTO: 'Words where there is little to learn from, layers else.',
  WORDS: 'The weights of words and phrases alone.',
  LAYERS: 'An adapter of every layer.',
});

@ObjectType({ description: 'How far a training run is.' })
export class TrainingProgressType {
  @Field(() => TrainingPhaseEnum, { description: 'What it does.' })
  phase!: TrainingPhase;

  @Field(() => Int, { description: 'Steps of this phase that are done.' })
  step!: number;

  @Field(() => Int, { description: 'Steps of this phase.' })
  steps!: number;

  @Field(() => Float, { ...optional, description: 'Running mean of the training loss.' })
  loss!: number | null;

  @Field(() => Float, { ...optional, description: 'The latest loss on decisions held out from learning.' })
  validationLoss!: number | null;

  @Field(() => Float, { ...optional, description: 'Throughput.' })
  tokensPerSecond!: number | null;

  @Field(() => Float, { ...optional, description: 'Estimate of the time left in this phase.' })
  secondsLeft!: number | null;
}

@ObjectType({ description: 'One requirement of the gate.' })
export class VerdictType {
  @Field(() => String, { description: 'What was judged.' })
  name!: string;

  @Field(() => Boolean, { description: 'Whether it was met.' })
  passed!: boolean;

  @Field(() => String, { description: 'What was required.' })
  required!: string;

  @Field(() => String, { description: 'What came.' })
  came!: string;
}

@ObjectType({ description: 'What the gate found: the candidate against the live model, on later decisions of people whom it did not learn from.' })
export class GateReportType {
  @Field(() => Boolean, { description: 'Whether every requirement was met.' })
  passed!: boolean;

  @Field(() => [VerdictType], { description: 'Each requirement with what came.' })
  verdicts!: VerdictType[];
}

@ObjectType({ description: 'Why a training run failed.' })
export class TrainingError {
  @Field(() => String, { description: 'For machines.' })
  code!: string;

  @Field(() => String, { description: 'For people.' })
  message!: string;
}

@ObjectType('TrainingRun', { implements: Node, description: 'One learning of a model from the log, in the background. Equal log, seed, settings and code version give equal weights.' })
export class TrainingRunType extends Node {
  @Field(() => ModelKindEnum, { description: 'What kind of model learns.' })
  kind!: ModelKind;

  @Field(() => VerticalEnum, { ...optional, description: 'From whose decisions.' })
  vertical!: Vertical | null;

  @Field(() => TrainingTriggerEnum, { description: 'What started it.' })
  trigger!: TrainingTrigger;

  @Field(() => TrainingStatusEnum, { description: 'Where it stands.' })
  status!: TrainingStatus;

  @Field(() => Float, { description: 'Seed of everything that is left to chance.' })
  seed!: number;

  @Field(() => DateTimeScalar, { description: 'It learns from the log up to here, resumed or repeated.' })
  logUntil!: Date;

  @Field(() => String, { ...optional, description: 'Hash of the rows that it learnt from; null until they are read.' })
  dataFingerprint!: string | null;

  @Field(() => String, { description: 'Which program trained it.' })
  codeVersion!: string;

  @Field(() => TrainingProgressType, { description: 'How far it is.' })
  progress!: TrainingProgressType;

  @Field(() => GateReportType, { ...optional, description: 'What the gate found; null until it has.' })
  report!: GateReportType | null;

  @Field(() => TrainingError, { ...optional, description: 'Why it failed; null unless it did.' })
  error!: TrainingError | null;

  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { ...optional, description: 'When it began.' })
  startedAt!: Date | null;

  @Field(() => DateTimeScalar, { ...optional, description: 'When it ended.' })
  finishedAt!: Date | null;
}

export const TrainingRunConnection = connectionTypeOf('TrainingRun', () => TrainingRunType);

@ObjectType({ description: 'One setting of a training run.' })
export class TrainingSetting {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { description: 'Its value, as text.' })
  value!: string;
}

@InputType({ description: 'Departures from how a kind of model learns; each has a default.' })
export class TrainingSettingsInput {
  @Field(() => Int, { ...optional, description: 'Times that everything is learnt from, 1 to 50; when absent 3 for a classifier, 16 for a writer.' })
  epochs?: number | null;

  @Field(() => Float, { ...optional, description: 'Peak of the learning rate; when absent 0.001 for a classifier, 0.002 for a writer.' })
  rate?: number | null;

  @Field(() => Int, { ...optional, description: 'Rank of the adapter, 1 to 64; 8 when absent.' })
  rank?: number | null;

  @Field(() => Int, { ...optional, description: 'Decisions of the log at most, the latest; 50,000 when absent.' })
  rows?: number | null;

  @Field(() => Int, { ...optional, description: 'Decisions younger than this are left out, as clicks may be still to come; 30 when absent.' })
  matureMinutes?: number | null;

  @Field(() => WeightingEnum, { ...optional, description: 'How much each decision counts; NONE when absent.' })
  weighting?: 'NONE' | 'INVERSE_PROPENSITY' | null;

  @Field(() => LearnsEnum, { ...optional, description: 'What learns; AUTO when absent.' })
  learns?: 'AUTO' | 'WORDS' | 'LAYERS' | null;

  @Field(() => Float, { ...optional, description: 'The largest weight by inverse propensity; 10 when absent.' })
  clip?: number | null;
}

@InputType({ description: 'A model to train from the log as it is now. Follow it with trainingProgress.' })
export class StartTrainingInput {
  @Field(() => ModelKindEnum, { description: 'Which kind of model.' })
  kind!: ModelKind;

  @Field(() => VerticalEnum, { ...optional, description: 'Of a classifier: from the decisions of this vertical, for this vertical. A writer learns of all together.' })
  vertical?: Vertical | null;

  @Field(() => Int, { ...optional, description: 'Makes the run repeatable; another each time when absent.' })
  seed?: number | null;

  @Field(() => TrainingSettingsInput, { ...optional, description: 'Departures from the defaults.' })
  settings?: TrainingSettingsInput | null;

  @Field(() => String, { ...optional, description: 'Makes a retry safe: the same key gives the run of the first call.' })
  idempotencyKey?: string | null;

  @Field(() => Boolean, { ...optional, description: 'True checks everything and starts nothing.' })
  validateOnly?: boolean | null;
}

@InputType({ description: 'A run to stop.' })
export class CancelTrainingInput {
  @Field(() => ID, { description: 'The run.' })
  runId!: string;
}

@InputType({ description: 'Which training runs; all that is said must hold.' })
export class TrainingRunFilterInput {
  @Field(() => [ModelKindEnum], { ...optional, description: 'Of one of these kinds.' })
  kinds?: ModelKind[];

  @Field(() => [VerticalEnum], { ...optional, description: 'Of one of these verticals.' })
  verticals?: Vertical[];

  @Field(() => [TrainingStatusEnum], { ...optional, description: 'In one of these states.' })
  statuses?: TrainingStatus[];
}

@ObjectType({ description: 'What a mutation of a training run answers.' })
export class TrainingRunPayload extends MutationPayload {
  @Field(() => TrainingRunType, { ...optional, description: 'The run as it is now; null on errors and dry runs.' })
  run!: object | null;
}

@ObjectType({ description: 'One step of a training run, as it is told to subscribers.' })
export class TrainingProgressEvent {
  @Field(() => String, { description: 'Give it as after to go on from here.' })
  cursor!: string;

  @Field(() => TrainingStatusEnum, { description: 'Where the run stood at this step.' })
  status!: TrainingStatus;

  @Field(() => TrainingProgressType, { description: 'How far it was.' })
  progress!: TrainingProgressType;

  @Field(() => TrainingRunType, { ...optional, description: 'The run as it is now, which may be further on.' })
  run!: object | null;
}
