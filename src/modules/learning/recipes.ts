import type { ModelKind } from '../../domain/entities/model-version';
import type { GateReport, TrainingProgress, TrainingRun } from '../../domain/entities/training-run';
import type { Dependencies } from '../dependencies';
import type { Checker } from '../input/problems';
import { learnClassifier } from './learn-classifier';
import { learnWriterFromLog } from './learn-writer-from-log';

export interface LearningTools {
  /** Keeps the progress and tells of it, at most about once a second. @throws CANCELLED where the run was cancelled */
  report(progress: TrainingProgress, dataFingerprint?: string): Promise<void>;
  /** Aborts when the program stops or the run is cancelled: stop where it can go on. */
  readonly signal: AbortSignal;
}

export interface Learned {
  readonly report: GateReport;
  readonly dataFingerprint: string;
  /** Row of what it made; null where it made nothing that is worth keeping. */
  readonly modelVersionId: string | null;
}

/** How a kind of model learns from the log: what a training run calls. */
export interface LearningRecipe {
  /** Whether it learns for one vertical, or for all together. */
  readonly ofVertical: boolean;
  /** Stands in `codeVersion`: raised when the same rows would give other weights. */
  readonly revision: string;
  /** What it does unless told otherwise; no other setting is taken. */
  readonly defaults: Readonly<Record<string, number | string>>;
  /** Adds what is wrong with settings, which have the defaults in them. */
  check(check: Checker, settings: TrainingRun['settings']): void;
  /** @throws CONFLICT where this program cannot learn this kind */
  require(deps: Dependencies): void;
  /** Called again after a stop it goes on from its checkpoint, in `run.directory`. */
  learn(deps: Dependencies, run: TrainingRun, tools: LearningTools): Promise<Learned>;
}

/** One row per kind that can learn. */
export const RECIPES: Readonly<Record<ModelKind, LearningRecipe>> = { CLASSIFIER: learnClassifier, WRITER: learnWriterFromLog };
