import type { Vertical } from './campaign';
import type { ModelKind } from './model-version';

export const TRAINING_TRIGGERS = ['MANUAL', 'SCHEDULE', 'DRIFT'] as const;
export type TrainingTrigger = (typeof TRAINING_TRIGGERS)[number];

/** SUCCEEDED: the gate let it pass. REFUSED: it was trained, and the gate did not; the report says why. */
export const TRAINING_STATUSES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'REFUSED', 'FAILED', 'CANCELLED'] as const;
export type TrainingStatus = (typeof TRAINING_STATUSES)[number];

/** What a run does at the moment: reads the log, learns, judges. */
export const TRAINING_PHASES = ['DATA', 'TRAINING', 'GATE'] as const;
export type TrainingPhase = (typeof TRAINING_PHASES)[number];

export interface TrainingProgress {
  readonly phase: TrainingPhase;
  /** Of the phase. */
  readonly step: number;
  readonly steps: number;
  /** Running mean of the training loss, and the latest validation loss; null until there is one. */
  readonly loss: number | null;
  readonly validationLoss: number | null;
  readonly tokensPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** One requirement of the gate: what was asked, what came. */
export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  readonly required: string;
  readonly came: string;
}

export interface GateReport {
  readonly passed: boolean;
  readonly verdicts: readonly Verdict[];
  /** Figures of the candidate, of what was live, and of the data, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** One learning of a model from the log, from its request to its verdict. */
export interface TrainingRun {
  readonly id: string;
  readonly advertiserId: string;
  readonly kind: ModelKind;
  readonly vertical: Vertical | null;
  readonly trigger: TrainingTrigger;
  readonly status: TrainingStatus;
  readonly seed: number;
  /** The log up to here, and no further: a run that is resumed or repeated reads the same rows. */
  readonly logUntil: Date;
  /** All that the recipe does otherwise than by default. */
  readonly settings: Readonly<Record<string, number | string>>;
  /** Hash of the rows that it learnt from; null until they are read. */
  readonly dataFingerprint: string | null;
  /** Of the program: its version, and the hash of the graph that it trains. */
  readonly codeVersion: string;
  readonly progress: TrainingProgress;
  readonly report: GateReport | null;
  readonly directory: string;
  /** What it made. */
  readonly modelVersionId: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}
