import type { LoopReport } from '../../ml/train/loop';

/** Where a training run reports to. */
export interface TrainingReport {
  note(text: string): void;
  progress(report: LoopReport): void;
}

export interface TrainOptions {
  /** Folder of the data sets; for an adapter the file of choices. */
  data: string;
  /** Folder of the copy corpus. */
  corpus: string;
  /** Folder of the titles that people look at, by interest. */
  titles: string;
  /** Directory of the model to start from. */
  base: string;
  /** Whether somebody named it: a base model starts from nothing unless they did. */
  baseGiven: boolean;
  output: string;
  checkpoints: string;
  seed: number;
  /** Departures from the recipe's defaults. */
  settings: { epochs?: number; rate?: number; threads?: number; rank?: number };
  report: TrainingReport;
  signal?: AbortSignal;
}
