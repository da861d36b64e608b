import { AdloomError } from '../../base/errors';
import type { Money } from '../../domain/entities/money';
import type { Figures, FigureScope } from '../../store/reports';
import type { Dependencies } from '../dependencies';
import { checkInteger } from '../input/amounts';
import { Checker } from '../input/problems';
import { figureOf, type Figure } from './metrics';
import { campaignsOf, periodOf, type Period } from './report-scope';

export interface CampaignReportRequest extends Period {
  readonly campaignIds: readonly string[];
}

/** What a report is of; its parts are read where they are asked for. */
export interface CampaignReport extends FigureScope {
  readonly currency: string;
}

/** The figures of one row of a report. */
export interface ReportFigures {
  readonly impressions: number;
  readonly clicks: number;
  readonly conversions: number;
  readonly value: Money;
  readonly spend: Money;
  readonly ctr: Figure;
  readonly cvr: Figure;
  /** In micros. */
  readonly cpa: Figure;
  readonly roas: Figure;
  readonly currency: string;
}

export type Bucket = 'HOUR' | 'DAY';
export const BUCKET_MS: Readonly<Record<Bucket, number>> = { HOUR: 3_600_000, DAY: 86_400_000 };
/** Stretches of time in one answer. */
export const MOST_BUCKETS = 1_000;
const LONGEST_LIST = 100;

export async function campaignReport(deps: Dependencies, { campaignIds, ...period }: CampaignReportRequest): Promise<CampaignReport> {
  const { from, to } = periodOf(deps, period);
  const distinct = [...new Set(campaignIds)];
  const { currency } = await campaignsOf(deps, distinct);
  return { campaignIds: distinct, from, to, currency };
}

export async function totalOf(deps: Dependencies, report: CampaignReport): Promise<ReportFigures> {
  const [total] = await deps.store.reports.figures(deps.advertiserId, report, 'TOTAL', 1);
  return figuresOf(total ?? NOTHING, report.currency);
}

/** Per creative or segment, those with the most impressions first. */
export async function figuresBy(deps: Dependencies, report: CampaignReport, by: 'CREATIVE' | 'SEGMENT', first: number): Promise<{ key: string; figures: ReportFigures }[]> {
  const check = new Checker();
  checkInteger(check, 'first', first, 1, LONGEST_LIST);
  check.orThrow();
  const found = await deps.store.reports.figures(deps.advertiserId, report, by, first);
  return found.map((sums) => ({ key: sums.key, figures: figuresOf(sums, report.currency) }));
}

/** Per hour or day (UTC) of the decision, oldest first; a time without any is absent. */
export async function timelineOf(deps: Dependencies, report: CampaignReport, bucket: Bucket): Promise<{ from: Date; figures: ReportFigures }[]> {
  refuseLongTimeline(report, bucket);
  const found = await deps.store.reports.figures(deps.advertiserId, report, bucket, MOST_BUCKETS);
  return found.map((sums) => ({ from: new Date(Number(sums.key)), figures: figuresOf(sums, report.currency) }));
}

export function refuseLongTimeline({ from, to }: { readonly from: Date; readonly to: Date }, bucket: Bucket): void {
  const buckets = Math.ceil((to.getTime() - from.getTime()) / BUCKET_MS[bucket]) + 1;
  if (buckets <= MOST_BUCKETS) return;
  throw new AdloomError('TOO_LARGE', `From ${from.toISOString()} to ${to.toISOString()} there are ${buckets} of bucket ${bucket}; at most ${MOST_BUCKETS} are answered at once.`, {
    field: 'bucket', hint: bucket === 'HOUR' ? 'Ask by DAY, or for a shorter time.' : 'Ask for a shorter time.',
  });
}

export function figuresOf(sums: Omit<Figures, 'key'>, currency: string): ReportFigures {
  const { impressions, clicks, conversions } = sums;
  return {
    impressions, clicks, conversions, currency,
    value: { micros: sums.valueMicros, currency },
    spend: { micros: sums.spendMicros, currency },
    ctr: figureOf('CTR', sums),
    cvr: figureOf('CVR', sums),
    cpa: inMicros(figureOf('CPA', sums)),
    roas: figureOf('ROAS', sums),
  };
}

/** Amounts of money are told in micros; the statistics count in units of the currency. */
export function inMicros({ value, low, high }: Figure): Figure {
  const micros = (each: number | null): number | null => (each === null ? null : Math.round(each * 1e6));
  return { value: micros(value), low: micros(low), high: micros(high) };
}

export const NOTHING: Omit<Figures, 'key'> = {
  units: 0, impressions: 0, clicks: 0, conversions: 0, valueMicros: 0n, spendMicros: 0n, impressionsSquared: 0, clicksSquared: 0, conversionsSquared: 0,
  spendSquared: 0, valueSquared: 0, clicksImpressions: 0, conversionsClicks: 0, spendConversions: 0, valueSpend: 0,
};
