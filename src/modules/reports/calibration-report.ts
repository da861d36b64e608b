import { calibrationInterval } from '../../ml/bandit/experiment/calibration-interval';
import { benjaminiHochberg } from '../../ml/bandit/experiment/false-discovery';
import { LEAST_DRIFT, populationStability } from '../../ml/bandit/experiment/population-stability';
import { SCORE_BINS, type ScoreCell } from '../../store/reports';
import type { Dependencies } from '../dependencies';
import { notFound } from '../../base/errors';
import { refuseLongTimeline, type Bucket } from './campaign-report';
import { figure, type Figure } from './metrics';
import { campaignsOf, periodOf, type Period } from './report-scope';

export interface CalibrationReportRequest extends Period {
  readonly campaignIds?: readonly string[] | null;
  readonly modelVersionId?: string | null;
  readonly bucket: Bucket;
}

export interface CalibrationPoint {
  readonly from: Date;
  readonly impressions: number;
  readonly predictedClicks: number;
  readonly clicks: number;
  /** Predicted over observed clicks. */
  readonly ratio: Figure;
  /** Of the scores against the baseline's; null where the baseline is empty. */
  readonly psi: number | null;
  readonly drifted: boolean;
}

export interface CalibrationReport {
  readonly baselineFrom: Date;
  readonly from: Date;
  readonly to: Date;
  readonly baselineImpressions: number;
  readonly overall: Omit<CalibrationPoint, 'from' | 'psi' | 'drifted'>;
  readonly points: readonly CalibrationPoint[];
}

/** What models promised of the creatives that were shown, beside what came, and whether what they say has changed since the same length of time before. */
export async function calibrationReport(deps: Dependencies, { bucket, campaignIds = null, modelVersionId = null, ...period }: CalibrationReportRequest): Promise<CalibrationReport> {
  const { from, to } = periodOf(deps, period);
  refuseLongTimeline({ from, to }, bucket);
  if (campaignIds !== null) await campaignsOf(deps, [...new Set(campaignIds)]);
  if (modelVersionId !== null && (await deps.store.modelVersions.byIds(deps.advertiserId, [modelVersionId])).length === 0) throw notFound('model version');
  const baselineFrom = new Date(2 * from.getTime() - to.getTime());
  const cells = await deps.store.reports.scoreCells(deps.advertiserId, { campaignIds, modelVersionId, baselineFrom, from, to, bucket });
  const baseline = histogram(cells.filter((cell) => cell.bucket === null));
  const buckets = byTime(cells);
  const edges = evenEdges(baseline);
  const stability = buckets.map(([, of]) => populationStability(merged(baseline, edges), merged(histogram(of), edges)));
  // Many stretches are looked at: of those called drifted at most one in twenty is to be by chance.
  const { found } = benjaminiHochberg(stability.map(({ pValue }) => pValue));
  const known = baseline.some((count) => count > 0);
  return {
    baselineFrom, from, to,
    baselineImpressions: baseline.reduce((sum, count) => sum + count, 0),
    overall: calibrationOf(buckets.flatMap(([, of]) => of)),
    points: buckets.map(([at, of], index) => ({
      from: new Date(at), ...calibrationOf(of), psi: known ? stability[index]!.psi : null, drifted: found[index]! && stability[index]!.psi >= LEAST_DRIFT,
    })),
  };
}

/** Cells of each stretch, oldest first. */
function byTime(cells: readonly ScoreCell[]): [time: number, cells: ScoreCell[]][] {
  const groups = new Map<number, ScoreCell[]>();
  for (const cell of cells) if (cell.bucket !== null) groups.set(cell.bucket.getTime(), [...(groups.get(cell.bucket.getTime()) ?? []), cell]);
  return [...groups].toSorted(([a], [b]) => a - b);
}

function calibrationOf(cells: readonly ScoreCell[]): CalibrationReport['overall'] {
  const sum = (of: (cell: ScoreCell) => number): number => cells.reduce((total, cell) => total + of(cell), 0);
  const [impressions, predictedClicks, clicks] = [sum((cell) => cell.impressions), sum((cell) => cell.predictedClicks), sum((cell) => cell.clicks)];
  return { impressions, predictedClicks, clicks, ratio: figure(calibrationInterval(predictedClicks, clicks, impressions)) };
}

function histogram(cells: readonly ScoreCell[]): number[] {
  const counts = Array.from({ length: SCORE_BINS + 2 }, () => 0);
  for (const { bin, impressions } of cells) counts[bin]! += impressions;
  return counts;
}

/** Tenths of the baseline: fine bins are put together until each holds one, so that none is too empty to compare. */
const PARTS = 10;

/** First bins of the parts; what lies outside all that the baseline has seen is a part on either side. */
function evenEdges(baseline: readonly number[]): number[] {
  const total = baseline.reduce((sum, count) => sum + count, 0);
  const [first, last] = [baseline.findIndex((count) => count > 0), baseline.findLastIndex((count) => count > 0)];
  if (total === 0) return [0, baseline.length / 2];
  const edges = [0, first];
  let held = 0;
  baseline.forEach((count, bin) => {
    if (held >= total / PARTS && count > 0) {
      edges.push(bin);
      held = 0;
    }
    held += count;
  });
  return [...edges, last + 1];
}

function merged(counts: readonly number[], edges: readonly number[]): number[] {
  return edges.map((edge, index) => counts.slice(edge, edges[index + 1]).reduce((sum, count) => sum + count, 0));
}
