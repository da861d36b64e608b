import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { badInput } from '../../base/errors';
import type { GraphContext } from '../context';
import type { Loaders } from '../loaders';
import { readGlobalId, type NodeType } from './global-id';
import { Node, type TypedNode } from './node.type';

const LOADER_OF: Readonly<Record<NodeType, (loaders: Loaders) => { load(id: string): Promise<object | null> }>> = {
  Campaign: (loaders) => loaders.campaign,
  Creative: (loaders) => loaders.creative,
  Profile: (loaders) => loaders.profile,
  Prediction: (loaders) => loaders.prediction,
  ModelVersion: (loaders) => loaders.modelVersion,
  GenerationJob: (loaders) => loaders.generationJob,
  TrainingRun: (loaders) => loaders.trainingRun,
  Outcome: (loaders) => loaders.outcome,
  Decision: (loaders) => loaders.decision,
  Experiment: (loaders) => loaders.experiment,
};

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'Anything by its global id; null when there is nothing with this id.' })
  async node(@Arg('id', () => ID, { description: 'A global id.' }) id: string, @Ctx() { loaders }: GraphContext): Promise<TypedNode | null> {
    const read = readGlobalId(id);
    if (!read) throw badInput('id', 'id is not an id of Adloom.', 'Use the field id of anything, unchanged.');
    const found = await LOADER_OF[read.type](loaders).load(read.id);
    return found && { ...found, __typename: read.type };
  }
}
