import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { TrainingProgress, TrainingRun, TrainingStatus } from '../../domain/entities/training-run';
import { cancelTraining } from '../../modules/learning/cancel-training';
import { listTrainingRuns } from '../../modules/learning/read-training-runs';
import { startTraining } from '../../modules/learning/start-training';
import type { GraphContext } from '../context';
import { settle } from '../errors/user-error.type';
import { listen, type Heard } from '../listen';
import { Metric, ModelVersionType } from '../models/model-version.type';
import { nullToAbsent } from '../null-to-absent';
import { connection, type Connection } from '../relay/connection.type';
import { toFeedCursor } from '../relay/feed-cursor';
import { fromGlobalId, ID_TEXT, toGlobalId } from '../relay/global-id';
import { PageArgs } from '../relay/page.args';
import {
  CancelTrainingInput, StartTrainingInput, TrainingProgressEvent, TrainingRunConnection, TrainingRunFilterInput, TrainingRunPayload, TrainingRunType, TrainingSetting,
} from './training-run.type';

interface ProgressPayload {
  readonly runId: string;
  readonly status: TrainingStatus;
  readonly progress: TrainingProgress;
}

@Resolver(() => TrainingRunType)
export class TrainingRunResolver {
  @Mutation(() => TrainingRunPayload, {
    description: 'Trains a model from the log: returns at once with a run, which reads, learns and is judged in the background.',
    complexity: ({ childComplexity }) => 200 + childComplexity,
  })
  startTraining(
    @Arg('input', () => StartTrainingInput, { description: 'What to train.' }) input: StartTrainingInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<TrainingRunPayload> {
    return settle<{ run: TrainingRun | null }>({ run: null }, async () => ({ run: await startTraining(deps, { ...input, settings: input.settings && { ...input.settings } }) }));
  }

  @Mutation(() => TrainingRunPayload, { description: 'Stops a training run; nothing of it serves.' })
  cancelTraining(
    @Arg('input', () => CancelTrainingInput, { description: 'Which run.' }) input: CancelTrainingInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<TrainingRunPayload> {
    return settle<{ run: TrainingRun | null }>({ run: null }, async () => ({ run: await cancelTraining(deps, { runId: fromGlobalId('runId', 'TrainingRun', input.runId) }) }));
  }

  @Query(() => TrainingRunConnection, { description: 'Training runs, newest first.', complexity: ({ args, childComplexity }) => 1 + (Number(args.first) || 20) * childComplexity })
  async trainingRuns(
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Arg('filter', () => TrainingRunFilterInput, { nullable: true, description: 'Which ones.' }) filter: TrainingRunFilterInput | null,
    @Ctx() { deps }: GraphContext,
  ): Promise<Connection<TrainingRun>> {
    return connection(await listTrainingRuns(deps, { filter: nullToAbsent(filter), page: { first, after } }), after);
  }

  @Query(() => TrainingRunType, { nullable: true, description: 'One training run; null when there is none with this id.' })
  trainingRun(@Arg('id', () => ID, { description: 'Its id.' }) id: string, @Ctx() { loaders }: GraphContext): Promise<TrainingRun | null> {
    return loaders.trainingRun.load(fromGlobalId('id', 'TrainingRun', id));
  }

  @Subscription(() => TrainingProgressEvent, {
    description: 'Tells how training runs come along.',
    subscribe: ({ args, context }) =>
      listen<ProgressPayload>(context as GraphContext, 'trainingProgress', {
        after: args.after as string | null,
        whole: Boolean(args.runId),
        ...(args.runId ? { keys: [fromGlobalId('runId', 'TrainingRun', args.runId as string)] } : {}),
      }),
  })
  async trainingProgress(
    @Root() { cursor, payload }: Heard<ProgressPayload>,
    @Ctx() { loaders }: GraphContext,
    @Arg('runId', () => ID, { nullable: true, description: 'Only of this run; without a cursor, all that is kept of what it told is sent first.' }) _runId: string | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event seen: what came since is sent first.' }) _after: string | null,
  ): Promise<TrainingProgressEvent> {
    const { status, progress } = payload;
    return { cursor: toFeedCursor(cursor), status, progress, run: await loaders.trainingRun.load(payload.runId) };
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() run: TrainingRun): string {
    return toGlobalId('TrainingRun', run.id);
  }

  @FieldResolver(() => [TrainingSetting], { description: 'How it learns, by name.' })
  settings(@Root() run: TrainingRun): TrainingSetting[] {
    return Object.entries(run.settings).map(([name, value]) => ({ name, value: String(value) }));
  }

  @FieldResolver(() => [Metric], { description: 'Figures of the candidate, of the live model and of the data, by name; empty until the gate has judged.' })
  figures(@Root() run: TrainingRun): Metric[] {
    return Object.entries(run.report?.figures ?? {}).map(([name, value]) => ({ name, value }));
  }

  @FieldResolver(() => ModelVersionType, { nullable: true, description: 'What it made, passed by the gate or not; null until it has.' })
  async modelVersion(@Root() run: TrainingRun, @Ctx() { loaders }: GraphContext): Promise<ModelVersion | null> {
    return run.modelVersionId === null ? null : loaders.modelVersion.load(run.modelVersionId);
  }
}
