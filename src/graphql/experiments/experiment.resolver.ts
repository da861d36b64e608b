import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Campaign } from '../../domain/entities/campaign';
import type { Experiment, ExperimentStatus } from '../../domain/entities/experiment';
import { createExperiment } from '../../modules/experiments/create-experiment';
import { endExperiment } from '../../modules/experiments/end-experiment';
import { listExperiments, statusAt } from '../../modules/experiments/read-experiments';
import { CampaignType } from '../campaigns/campaign.type';
import type { GraphContext } from '../context';
import { settle } from '../errors/user-error.type';
import { nullToAbsent } from '../null-to-absent';
import { connection, type Connection } from '../relay/connection.type';
import { ID_TEXT, fromGlobalId, fromGlobalIdOrNull, toGlobalId } from '../relay/global-id';
import { PageArgs } from '../relay/page.args';
import { CreateExperimentInput, EndExperimentInput, ExperimentFilterInput } from './experiment.input';
import { ExperimentArm, ExperimentConnection, ExperimentPayload, ExperimentStatusEnum, ExperimentType } from './experiment.type';

@Resolver(() => ExperimentType)
export class ExperimentResolver {
  @Query(() => ExperimentType, { nullable: true, description: 'One experiment; null when there is none with this id.' })
  experiment(@Arg('id', () => ID, { description: 'Its id.' }) id: string, @Ctx() { loaders }: GraphContext): Promise<Experiment | null> {
    return loaders.experiment.load(fromGlobalId('id', 'Experiment', id));
  }

  @Query(() => ExperimentConnection, { description: 'Experiments, newest first.' })
  async experiments(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ExperimentFilterInput, { nullable: true, description: 'Which ones.' }) filter: ExperimentFilterInput | null,
    @Ctx() { deps }: GraphContext,
  ): Promise<Connection<Experiment>> {
    return connection(await listExperiments(deps, { filter: nullToAbsent(filter), page }), page.after);
  }

  @Mutation(() => ExperimentPayload, { description: 'Deals people over arms from its start on, by a hash of the person: each gets the same arm always.' })
  createExperiment(
    @Arg('input', () => CreateExperimentInput, { description: 'The experiment.' }) input: CreateExperimentInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<ExperimentPayload> {
    return settle({ experiment: null }, async () => ({
      experiment: await createExperiment(deps, {
        ...input,
        campaignIds: input.campaignIds?.map((id, index) => fromGlobalId(`campaignIds.${index}`, 'Campaign', id)),
        arms: input.arms.map((arm, index) => ({
          ...arm,
          classifierVersionId: fromGlobalIdOrNull(`arms.${index}.classifierVersionId`, 'ModelVersion', arm.classifierVersionId),
          writerVersionId: fromGlobalIdOrNull(`arms.${index}.writerVersionId`, 'ModelVersion', arm.writerVersionId),
        })),
      }),
    }));
  }

  @Mutation(() => ExperimentPayload, { description: 'Ends an experiment for good; its report stays.' })
  endExperiment(
    @Arg('input', () => EndExperimentInput, { description: 'Which one.' }) input: EndExperimentInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<ExperimentPayload> {
    return settle({ experiment: null }, async () => ({ experiment: await endExperiment(deps, { ...input, id: fromGlobalId('id', 'Experiment', input.id) }) }));
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() experiment: Experiment): string {
    return toGlobalId('Experiment', experiment.id);
  }

  @FieldResolver(() => ExperimentStatusEnum, { description: 'Where it stands.' })
  status(@Root() experiment: Experiment, @Ctx() { deps }: GraphContext): ExperimentStatus {
    return statusAt(experiment, deps.clock.now());
  }

  @FieldResolver(() => [CampaignType], { description: 'The campaigns that it speaks of; empty is every one.' })
  async campaigns(@Root() experiment: Experiment, @Ctx() { loaders }: GraphContext): Promise<Campaign[]> {
    return (await Promise.all(experiment.campaignIds.map((id) => loaders.campaign.load(id)))).filter((campaign) => campaign !== null);
  }

  @FieldResolver(() => [ExperimentArm], { description: 'The arms; the first is the control.' })
  arms(@Root() experiment: Experiment, @Ctx() { loaders }: GraphContext): Promise<ExperimentArm[]> {
    const version = (id: string | null): Promise<object | null> => (id === null ? Promise.resolve(null) : loaders.modelVersion.load(id));
    return Promise.all(experiment.arms.map(async ({ classifierVersionId, writerVersionId, ...arm }) => ({
      ...arm, classifierVersion: await version(classifierVersionId), writerVersion: await version(writerVersionId),
    })));
  }
}
