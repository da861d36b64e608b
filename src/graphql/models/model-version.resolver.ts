import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ModelVersion } from '../../domain/entities/model-version';
import { listModelVersions } from '../../modules/models/read-model-versions';
import type { GraphContext } from '../context';
import { nullToAbsent } from '../null-to-absent';
import { ID_TEXT, toGlobalId } from '../relay/global-id';
import { Metric, ModelVersionFilterInput, ModelVersionType } from './model-version.type';

@Resolver(() => ModelVersionType)
export class ModelVersionResolver {
  @Query(() => [ModelVersionType], { description: 'The models that serve or served, newest first.' })
  modelVersions(
    @Arg('filter', () => ModelVersionFilterInput, { nullable: true, description: 'Which ones.' }) filter: ModelVersionFilterInput | null,
    @Ctx() { deps }: GraphContext,
  ): Promise<ModelVersion[]> {
    return listModelVersions(deps, nullToAbsent(filter));
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
