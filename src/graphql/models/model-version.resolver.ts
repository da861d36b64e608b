import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { ModelStage, ModelVersion } from '../../domain/entities/model-version';
import type { ModelProblem } from '../../modules/models/live-models';
import { promoteModel } from '../../modules/models/promote-model';
import { listModelVersions } from '../../modules/models/read-model-versions';
import { rollbackModel } from '../../modules/models/rollback-model';
import type { GraphContext } from '../context';
import { settle } from '../errors/user-error.type';
import { listen, type Heard } from '../listen';
import { nullToAbsent } from '../null-to-absent';
import { toFeedCursor } from '../relay/feed-cursor';
import { fromGlobalId, fromGlobalIdOrNull, ID_TEXT, toGlobalId } from '../relay/global-id';
import {
  Metric, ModelChangedEvent, ModelProblemType, ModelVersionFilterInput, ModelVersionType, PromoteModelInput, PromoteModelPayload, RollbackModelInput, RollbackModelPayload,
} from './model-version.type';

interface ChangedPayload {
  readonly modelVersionId: string;
  readonly stage: ModelStage;
}

@Resolver(() => ModelVersionType)
export class ModelVersionResolver {
  @Query(() => [ModelVersionType], { description: 'The models that serve or served, newest first.' })
  modelVersions(
    @Arg('filter', () => ModelVersionFilterInput, { nullable: true, description: 'Which ones.' }) filter: ModelVersionFilterInput | null,
    @Ctx() { deps }: GraphContext,
  ): Promise<ModelVersion[]> {
    return listModelVersions(deps, nullToAbsent(filter));
  }

  @Mutation(() => PromoteModelPayload, { description: 'Makes a trained version score beside the live one, or answer.' })
  promoteModel(
    @Arg('input', () => PromoteModelInput, { description: 'Which version, and to what.' }) input: PromoteModelInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<PromoteModelPayload> {
    const idOf = (field: 'modelVersionId' | 'expectedLiveId', id: string): string => fromGlobalId(field, 'ModelVersion', id);
    return settle<{ modelVersion: ModelVersion | null }>({ modelVersion: null }, async () => ({
      modelVersion: await promoteModel(deps, {
        ...input,
        modelVersionId: idOf('modelVersionId', input.modelVersionId),
        expectedLiveId: input.expectedLiveId && idOf('expectedLiveId', input.expectedLiveId),
        experimentId: fromGlobalIdOrNull('experimentId', 'Experiment', input.experimentId),
      }),
    }));
  }

  @Mutation(() => RollbackModelPayload, { description: 'Puts the version that answered before in the place of the one that answers, at once. Again: one further back, in the end the base.' })
  rollbackModel(
    @Arg('input', () => RollbackModelInput, { description: 'Which vertical.' }) input: RollbackModelInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<RollbackModelPayload> {
    return settle<{ from: ModelVersion | null; to: ModelVersion | null }>({ from: null, to: null }, () => rollbackModel(deps, input));
  }

  @Subscription(() => ModelChangedEvent, {
    description: 'Tells when another model version serves.',
    subscribe: ({ args, context }) => listen<ChangedPayload>(context as GraphContext, 'modelChanged', { after: args.after as string | null }),
  })
  async modelChanged(
    @Root() { cursor, payload }: Heard<ChangedPayload>,
    @Ctx() { loaders }: GraphContext,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event seen: what came since is sent first.' }) _after: string | null,
  ): Promise<ModelChangedEvent> {
    return { cursor: toFeedCursor(cursor), stage: payload.stage, modelVersion: await loaders.modelVersion.load(payload.modelVersionId) };
  }

  @FieldResolver(() => ModelProblemType, { nullable: true, description: 'Why this version cannot serve although it should; null where nothing is wrong.' })
  problem(@Root() version: ModelVersion, @Ctx() { deps }: GraphContext): ModelProblem | null {
    return deps.liveModels.problems().get(version.id) ?? null;
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() version: ModelVersion): string {
    return toGlobalId('ModelVersion', version.id);
  }

  @FieldResolver(() => [Metric], { description: 'Figures of its evaluation, by name.' })
  metrics(@Root() version: ModelVersion): Metric[] {
    return Object.entries(version.metrics)
      .map(([name, value]) => ({ name, value }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}
