import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { calibrationReport, type CalibrationReport } from '../../modules/reports/calibration-report';
import type { Bucket } from '../../modules/reports/campaign-report';
import type { GraphContext } from '../context';
import { fromGlobalId, fromGlobalIdOrNull } from '../relay/global-id';
import { DateTimeScalar } from '../scalars';
import { CalibrationReportType } from './calibration-report.type';
import { BucketEnum } from './figures.type';

@Resolver()
export class CalibrationReportResolver {
  @Query(() => CalibrationReportType, { description: 'Predicted beside observed clicks over time, and whether the scores drift.', complexity: ({ childComplexity }) => 1 + 100 * childComplexity })
  calibrationReport(
    @Arg('campaignIds', () => [ID], { nullable: true, description: 'Of these campaigns; absent, of all.' }) campaignIds: string[] | null,
    @Arg('modelVersionId', () => ID, { nullable: true, description: 'Of this model; absent, of whichever scored.' }) modelVersionId: string | null,
    @Arg('from', () => DateTimeScalar, { nullable: true, description: 'Decisions from this moment on; absent, thirty days before to.' }) from: Date | null,
    @Arg('to', () => DateTimeScalar, { nullable: true, description: 'Decisions before this moment; absent, now.' }) to: Date | null,
    @Arg('bucket', () => BucketEnum, { defaultValue: 'DAY', description: 'How long each stretch is.' }) bucket: Bucket,
    @Ctx() { deps }: GraphContext,
  ): Promise<CalibrationReport> {
    return calibrationReport(deps, {
      campaignIds: campaignIds?.map((id, index) => fromGlobalId(`campaignIds.${index}`, 'Campaign', id)),
      modelVersionId: fromGlobalIdOrNull('modelVersionId', 'ModelVersion', modelVersionId), from, to, bucket,
    });
  }
}
