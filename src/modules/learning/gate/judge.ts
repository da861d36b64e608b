/** The verdicts of a candidate against what is live, on decisions that neither learnt from. Pure: scores and labels in, verdicts out. */
import type { GateReport, Verdict } from '../../../domain/entities/training-run';
import { calibrationError } from '../../../ml/metrics/ece';
import { logLoss } from '../../../ml/metrics/log-loss';
import { predictedOverObserved } from '../../../ml/metrics/predicted-over-observed';

/** One held-out decision: what came of it, and what both models say. */
export interface JudgedRow {
  readonly clicked: boolean;
  readonly candidate: number;
  readonly live: number;
  /** Fields that calibration and harm are looked at by, such as { placement: 'home', personalised: 'yes', device: 'cpu' }. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What another policy would have earned, or why the log cannot say. */
export type ValueJudgement =
  | { readonly supported: true; readonly candidate: PolicyEstimate; readonly live: PolicyEstimate; readonly difference: PolicyEstimate; readonly effectiveRows: number }
  | { readonly supported: false; readonly why: string };

export interface PolicyEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Held-out decisions, and clicks among them, below which nothing is judged. */
export const LEAST_ROWS = 200;
export const LEAST_CLICKS = 20;
/** The same of one segment. */
const SEGMENT_ROWS = 100;
const SEGMENT_CLICKS = 10;
/** A segment, or the value, may be worse by this share. */
const HARM = 0.02;
/** Calibration may be worse by this much, in probability. */
const ECE_SLACK = 0.01;
/** Predicted over observed, overall. */
const RATIO = { low: 0.8, high: 1.25 };
/** Standard errors that chance may put between the two where clicks are few. */
const CHANCE = 2;

export function judge(rows: readonly JudgedRow[], { value, barred }: { value: ValueJudgement; barred: number }): GateReport {
  const enough = enoughData(rows.length, rows.filter(({ clicked }) => clicked).length, 'held-out');
  if (!enough.passed) return { passed: false, verdicts: [enough], figures: {} };
  const clicks = rows.map(({ clicked }) => Number(clicked));
  const of = (name: 'candidate' | 'live') => {
    const p = rows.map((row) => row[name]);
    return { logLoss: logLoss(p, clicks), ece: calibrationError(p, clicks).ece, ratio: predictedOverObserved(p, clicks) };
  };
  const [candidate, live] = [of('candidate'), of('live')];
  const segments = segmentsOf(rows);
  const verdicts: Verdict[] = [
    enough,
    { name: 'log loss', passed: candidate.logLoss < live.logLoss, required: `below ${fixed(live.logLoss)}, the live model's`, came: fixed(candidate.logLoss) },
    { name: 'calibration error', passed: candidate.ece <= live.ece + ECE_SLACK, required: `at most ${fixed(live.ece + ECE_SLACK)}`, came: fixed(candidate.ece) },
    ratioVerdict(candidate.ratio, live.ratio, { rows: rows.length, clicks: sum(clicks) }),
    fieldVerdict(segments),
    segmentVerdict(segments),
    ...valueVerdicts(value),
    { name: 'barred attributes', passed: barred === 0, required: 'in no text', came: `in ${barred}` },
  ];
  return { passed: verdicts.every((verdict) => verdict.passed), verdicts, figures: figuresOf(rows.length, clicks, candidate, live, value) };
}

export function enoughData(rows: number, clicks: number, what: string): Verdict {
  return {
    name: 'enough data',
    passed: rows >= LEAST_ROWS && clicks >= LEAST_CLICKS && rows - clicks >= LEAST_CLICKS,
    required: `${LEAST_ROWS} ${what} decisions, with ${LEAST_CLICKS} clicks and as many without one`,
    came: `${rows} with ${clicks} clicks`,
  };
}

/**
 * Of 20 clicks chance alone takes or gives a fifth: who is within that, and nearer than what answers now, is not refused for it. Nor is who
 * halves an error of the live model: refused, it would leave the worse one to answer.
 */
function ratioVerdict(candidate: number, live: number, { rows, clicks }: { rows: number; clicks: number }): Verdict {
  const inRange = candidate >= RATIO.low && candidate <= RATIO.high;
  const byChance = Math.abs(candidate - 1) * clicks <= CHANCE * noiseOf(candidate * clicks, rows);
  const nearer = Math.abs(Math.log(candidate)) < Math.abs(Math.log(live));
  return { name: 'predicted over observed', passed: inRange || (byChance && nearer) || halves(candidate, live), required: `${RATIO.low} to ${RATIO.high}, or off by chance and less than the live model's ${fixed(live)}, or half as far off as that`, came: fixed(candidate) };
}

/** In log-ratios, so that half as many as came are as far off as twice as many. */
function halves(candidate: number, live: number): boolean {
  return Math.abs(Math.log(candidate)) <= Math.abs(Math.log(live)) / 2;
}

/** Standard error of so many clicks as are predicted. */
function noiseOf(predicted: number, rows: number): number {
  return Math.sqrt(predicted * (1 - predicted / rows));
}

interface Segment {
  readonly name: string;
  readonly rows: number;
  readonly observed: number;
  readonly predicted: number;
  readonly predictedByLive: number;
  /** Of the candidate, less that of the live model, as a share of it. */
  readonly worse: number;
}

/** Every value of every field that enough is known of. */
function segmentsOf(rows: readonly JudgedRow[]): Segment[] {
  const groups = new Map<string, JudgedRow[]>();
  for (const row of rows) {
    for (const [field, value] of Object.entries(row.fields)) {
      const name = `${field} ${value}`;
      groups.set(name, [...(groups.get(name) ?? []), row]);
    }
  }
  return [...groups].flatMap(([name, own]) => {
    const clicks = own.map(({ clicked }) => Number(clicked));
    const observed = sum(clicks);
    if (own.length < SEGMENT_ROWS || observed < SEGMENT_CLICKS || own.length - observed < SEGMENT_CLICKS) return [];
    const loss = (pick: (row: JudgedRow) => number): number => logLoss(own.map(pick), clicks);
    const live = loss((row) => row.live);
    return [{ name, rows: own.length, observed, predicted: sum(own.map((row) => row.candidate)), predictedByLive: sum(own.map((row) => row.live)), worse: (loss((row) => row.candidate) - live) / live }];
  });
}

/** A field may be off by the bounds of the whole, by three standard errors where so little is known of it, or by half of what the live model is. */
function fieldVerdict(segments: readonly Segment[]): Verdict {
  const off = segments.filter(({ observed, predicted, predictedByLive, rows }) => {
    const outside = predicted / observed < RATIO.low || predicted / observed > RATIO.high;
    return outside && Math.abs(predicted - observed) > 3 * noiseOf(predicted, rows) && !halves(predicted / observed, predictedByLive / observed);
  });
  const tell = (some: readonly Segment[]): string => some.map(({ name, predicted, observed }) => `${name}: ${fixed(predicted / observed)}`).join('; ') || 'no field with enough data';
  return { name: 'predicted over observed by field', passed: off.length === 0, required: `${RATIO.low} to ${RATIO.high} in each, or half as far off as the live model`, came: tell(off.length > 0 ? off : segments) };
}

function segmentVerdict(segments: readonly Segment[]): Verdict {
  const harmed = segments.filter(({ worse }) => worse > HARM);
  const worst = segments.toSorted((a, b) => b.worse - a.worse)[0];
  const tell = (some: readonly Segment[]): string => some.map(({ name, worse }) => `${name}: ${percent(worse)} log loss`).join('; ');
  return { name: 'harm to a segment', passed: harmed.length === 0, required: `no log loss over ${percent(HARM)}`, came: tell(harmed.length > 0 ? harmed : worst ? [worst] : []) || 'no segment with enough data' };
}

function valueVerdicts(value: ValueJudgement): Verdict[] {
  if (!value.supported) return [{ name: 'support on the log', passed: false, required: 'what the candidate would choose has been shown', came: value.why }];
  const { live, difference } = value;
  const least = -HARM * Math.abs(live.value);
  return [
    { name: 'support on the log', passed: true, required: 'what the candidate would choose has been shown', came: `${Math.round(value.effectiveRows)} effective decisions` },
    {
      name: 'value',
      passed: difference.value >= least && difference.high >= 0,
      required: `at least ${fixed(least)} beside the live model's ${fixed(live.value)} a decision, and not surely less`,
      came: `${fixed(difference.value)} (${fixed(difference.low)} to ${fixed(difference.high)})`,
    },
  ];
}

type Figures = Record<'logLoss' | 'ece' | 'ratio', number>;

function figuresOf(rows: number, clicks: readonly number[], candidate: Figures, live: Figures, value: ValueJudgement): Record<string, number> {
  const named = (prefix: string, { logLoss: loss, ece, ratio }: Figures): [string, number][] => [[`${prefix}LogLoss`, loss], [`${prefix}Ece`, ece], [`${prefix}PredictedOverObserved`, ratio]];
  const values: [string, number][] = value.supported
    ? [['candidateValue', value.candidate.value], ['candidateValueLow', value.candidate.low], ['candidateValueHigh', value.candidate.high], ['liveValue', value.live.value], ['valueDifference', value.difference.value], ['valueDifferenceLow', value.difference.low], ['valueDifferenceHigh', value.difference.high], ['effectiveRows', value.effectiveRows]]
    : [];
  return Object.fromEntries([['testRows', rows], ['testClicks', sum(clicks)], ...named('candidate', candidate), ...named('live', live), ...values] as [string, number][]);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const fixed = (value: number): string => value.toFixed(4);
const percent = (share: number): string => `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
