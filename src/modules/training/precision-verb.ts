/** `adloom precision`: what the classifier's builds in fewer bits cost, kept beside it for serving to go by. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { requireWritable } from '../../base/make-directory';
import { objections } from '../../ml/precision/gate';
import { formatReport, PRECISION_FILE, type PrecisionReport } from '../../ml/precision/report';
import { judgePrecision } from '../../ml/serve/judge-precision';
import { withStagedFiles } from '../../ml/weights/staged-files';
import { readInterestTitles } from './copy-examples';
import { COPY_FOLDERS, type CopyFolders } from './ctr-data';
import { precisionSet } from './precision-set';
import { readCopyCorpus } from './writer-documents';

export interface PrecisionArguments {
  /** Directory of the ranker. */
  model: string;
  copy?: CopyFolders;
  threads?: number;
  /** Groups, where fewer do. */
  judged?: number;
  fitted?: number;
}

/** Judges and saves. @throws BAD_INPUT at once for a directory that takes no report, CANCELLED when the signal aborts */
export async function runPrecision({ model, copy = COPY_FOLDERS, threads, ...sizes }: PrecisionArguments, { signal }: { signal?: AbortSignal } = {}): Promise<PrecisionReport> {
  // One that is not there is for opening it to miss.
  if (existsSync(model)) await requireWritable(model);
  const set = precisionSet({ lines: await readCopyCorpus(copy.corpus), titles: await readInterestTitles(copy.titles) }, sizes);
  const report = await judgePrecision(model, set, { threads, signal });
  await withStagedFiles((files) => files.add(path.join(model, PRECISION_FILE), [formatReport(report)]));
  return report;
}

/** The figures as lines of a table for people. */
export function precisionTable({ model, set, builds }: PrecisionReport): string[] {
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  const cells = (row: readonly string[]): string => row.map((cell, i) => (i === 0 ? cell.padEnd(8) : cell.padStart(14))).join('');
  return [
    `model ${model}, groups ${set}: each build against float32`,
    cells(['', 'winner kept', 'alone', 'run again', 'ECE', 'error', 'offered']),
    ...Object.entries(builds).map(([name, f]) => cells([name, percent(f.top1), percent(f.top1Alone), percent(f.again), f.ece.toFixed(5), f.error.toFixed(4), objections(f).length === 0 ? 'yes' : 'no'])),
    ...Object.entries(builds).flatMap(([name, figures]) => objections(figures).map((objection) => `${name}: ${objection}`)),
  ];
}
