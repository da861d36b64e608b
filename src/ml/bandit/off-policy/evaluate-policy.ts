/** One call for what a policy would have earned on a log: every estimator, with intervals and what speaks against trusting them. */
import type { Rng } from '../../../base/rng';
import { badInput } from '../../../base/errors';
import { checkCandidates, checkLog, type BanditLog, type LogSlice } from './bandit-log';
import { bootstrapIntervals } from './bootstrap';
import { directMethod, doublyRobust, ips, snips, switchDoublyRobust } from './estimators';
import { normalInterval, ratioMean, type Interval, type RatioTerms } from './ratio-mean';
import { addRowParts, blankRowParts, clipWeights, effectiveSampleSize, varyingRows, weightsOff } from './row-parts';
import { Support } from './support';
import { switchThreshold } from './switch-threshold';

export const ESTIMATORS = ['ips', 'clippedIps', 'snips', 'clippedSnips', 'dm', 'dr', 'clippedDr', 'switchDr'] as const;
export type EstimatorName = (typeof ESTIMATORS)[number];

/** With fewer rows that tell rewards apart no interval is stated: the rule of thumb for the normal limit of counts. */
export const LEAST_VARYING = 5;

/** Intervals are null where the log has too little to state one: a gate must take that for a no. */
export interface Estimate {
  /** Reward per row. */
  readonly value: number;
  readonly standardError: number;
  /** 95 %, by the central limit theorem. */
  readonly normal: Interval | null;
  /** 95 %, studentised bootstrap. */
  readonly bootstrap: Interval | null;
}

export interface PolicyValue {
  readonly rows: number;
  readonly estimates: Readonly<Record<EstimatorName, Estimate>>;
  readonly effectiveSampleSize: number;
  /** Rows that tell rewards apart (row-parts.ts); below `LEAST_VARYING` there are no intervals. */
  readonly varyingRows: number;
  readonly largestWeight: number;
  /** Mean weight; its expectation is 1 when propensities are right. */
  readonly meanWeight: number;
  /** The mean weight is so far from that, beyond chance, that the propensities cannot be right. */
  readonly weightsOff: boolean;
  /** Share of the policy's probability on actions that the log never shows. */
  readonly unsupported: number;
  /** Clipped forms cap weights here: the square root of the number of rows (Ionides 2008). */
  readonly clip: number;
  readonly switchThreshold: number;
}

export interface EvaluationInput extends Pick<LogSlice, 'candidates' | 'predictions'> {
  readonly log: BanditLog;
}

export interface EvaluationOptions {
  readonly rng: Rng;
  /** Bootstrap resamples, at least 100. */
  readonly replicates: number;
}

/** Rows are taken as independent. @throws BAD_INPUT; NO_SUPPORT when the log cannot speak about the policy. */
export function evaluatePolicy({ log, candidates, predictions }: EvaluationInput, options: EvaluationOptions): PolicyValue {
  return evaluateSlices(log, [{ from: 0, to: log.actions.length, candidates, predictions }], options);
}

/** `evaluatePolicy` on a log whose candidates come in slices, each done with before the next: memory is for the rows alone. */
export function evaluateSlices(log: BanditLog, slices: Iterable<LogSlice>, { rng, replicates }: EvaluationOptions): PolicyValue {
  if (!(Number.isSafeInteger(replicates) && replicates >= 100)) throw badInput('replicates', `A bootstrap needs a whole number of at least 100 resamples, not ${replicates}.`);
  const rows = log.actions.length;
  checkLog(log);
  const support = new Support(log);
  const parts = blankRowParts(log);
  for (const slice of slices) {
    checkCandidates(slice);
    support.add(slice);
    addRowParts(parts, log, slice);
  }
  const unsupported = support.share();
  const clip = Math.sqrt(rows);
  const clipped = clipWeights(parts, clip);
  const threshold = switchThreshold(parts);
  const terms: Readonly<Record<EstimatorName, RatioTerms>> = {
    ips: ips(parts),
    clippedIps: ips(clipped),
    snips: snips(parts),
    clippedSnips: snips(clipped),
    dm: directMethod(parts),
    dr: doublyRobust(parts),
    clippedDr: doublyRobust(clipped),
    switchDr: switchDoublyRobust(parts, threshold),
  };
  const varying = varyingRows(parts);
  const enough = varying >= LEAST_VARYING;
  const intervals = bootstrapIntervals(ESTIMATORS.map((name) => terms[name]), replicates, rng);
  const estimates = Object.fromEntries(
    ESTIMATORS.map((name, e): [EstimatorName, Estimate] => {
      const mean = ratioMean(terms[name]);
      return [name, { ...mean, normal: enough ? normalInterval(mean) : null, bootstrap: enough ? intervals[e]! : null }];
    }),
  ) as Record<EstimatorName, Estimate>;
  return {
    rows,
    estimates,
    effectiveSampleSize: effectiveSampleSize(parts.weights),
    varyingRows: varying,
    largestWeight: parts.weights.reduce((most, weight) => Math.max(most, weight), 0),
    meanWeight: parts.weights.reduce((sum, weight) => sum + weight, 0) / rows,
    weightsOff: weightsOff(parts.weights, unsupported),
    unsupported,
    clip,
    switchThreshold: threshold,
  };
}
