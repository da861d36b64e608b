import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { campaignReport, figuresBy, timelineOf, totalOf, type Bucket, type CampaignReport, type ReportFigures as Figures } from '../../modules/reports/campaign-report';
import type { GraphContext } from '../context';
import type { MoneyType } from '../money/money.type';
import { fromGlobalId } from '../relay/global-id';
import { DateTimeScalar } from '../scalars';
import { CampaignReportType, CreativeFigures, SegmentFigures, TimeFigures } from './campaign-report.type';
import { BucketEnum, MoneyFigure, ReportFigures } from './figures.type';

@Resolver(() => CampaignReportType)
export class CampaignReportResolver {
  @Query(() => CampaignReportType, { description: 'What came of campaigns: figures with intervals that may be looked at any time. One statement for each part that is asked for.' })
  campaignReport(
    @Arg('campaignIds', () => [ID], { description: 'At most 100 campaigns, all in one currency.' }) campaignIds: string[],
    @Arg('from', () => DateTimeScalar, { nullable: true, description: 'Decisions from this moment on; absent, thirty days before to.' }) from: Date | null,
    @Arg('to', () => DateTimeScalar, { nullable: true, description: 'Decisions before this moment; absent, now.' }) to: Date | null,
    @Ctx() { deps }: GraphContext,
  ): Promise<CampaignReport> {
    return campaignReport(deps, { campaignIds: campaignIds.map((id, index) => fromGlobalId(`campaignIds.${index}`, 'Campaign', id)), from, to });
  }

  @FieldResolver(() => ReportFigures, { description: 'Of all together.' })
  total(@Root() report: CampaignReport, @Ctx() { deps }: GraphContext): Promise<Figures> {
    return totalOf(deps, report);
  }

  @FieldResolver(() => [CreativeFigures], { description: 'Of each creative, those with the most impressions first.' })
  async creatives(
    @Root() report: CampaignReport,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many, 1 to 100.' }) first: number,
    @Ctx() { deps, loaders }: GraphContext,
  ): Promise<CreativeFigures[]> {
    const found = await figuresBy(deps, report, 'CREATIVE', first);
    return Promise.all(found.map(async ({ key, figures }) => ({ creative: await loaders.creative.load(key), figures })));
  }

  @FieldResolver(() => [SegmentFigures], { description: 'Of each segment, those with the most impressions first. Only people who agreed to measurement are known to be in one; who is in several counts in each.' })
  async segments(
    @Root() report: CampaignReport,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many, 1 to 100.' }) first: number,
    @Ctx() { deps }: GraphContext,
  ): Promise<SegmentFigures[]> {
    return (await figuresBy(deps, report, 'SEGMENT', first)).map(({ key, figures }) => ({ segment: key, figures }));
  }

  @FieldResolver(() => [TimeFigures], {
    description: 'Of each hour or day that has any, oldest first; at most 1,000.',
    complexity: ({ childComplexity }) => 1 + 100 * childComplexity,
  })
  timeline(@Root() report: CampaignReport, @Arg('bucket', () => BucketEnum, { description: 'How long each is.' }) bucket: Bucket, @Ctx() { deps }: GraphContext): Promise<TimeFigures[]> {
    return timelineOf(deps, report, bucket);
  }
}

@Resolver(() => ReportFigures)
export class ReportFiguresResolver {
  @FieldResolver(() => MoneyFigure, { description: 'Spend per conversion.' })
  cpa(@Root() { cpa, currency }: Figures): MoneyFigure {
    const money = (micros: number | null): MoneyType | null => (micros === null ? null : { micros: BigInt(micros), currency });
    return { value: money(cpa.value), low: money(cpa.low), high: money(cpa.high) };
  }
}
