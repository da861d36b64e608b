import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { experimentReport, type ExperimentReport } from '../../modules/reports/experiment-report';
import type { GraphContext } from '../context';
import { fromGlobalId } from '../relay/global-id';
import { ExperimentReportType } from './experiment-report.type';

@Resolver()
export class ExperimentReportResolver {
  @Query(() => ExperimentReportType, { description: 'Arms side by side, differences that may be looked at any time, and whether the split can be trusted.', complexity: 300 })
  experimentReport(
    @Arg('experimentId', () => ID, { description: 'The experiment.' }) experimentId: string,
    @Arg('currency', () => String, { nullable: true, description: 'Only decisions in this currency; needed where there are several.' }) currency: string | null,
    @Ctx() { deps }: GraphContext,
  ): Promise<ExperimentReport> {
    return experimentReport(deps, { experimentId: fromGlobalId('experimentId', 'Experiment', experimentId), currency });
  }
}
