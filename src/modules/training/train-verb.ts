/** `adloom train`: one entrance to the recipes. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { badInput } from '../../base/errors';
import { requireWritable } from '../../base/make-directory';
import type { LoopResult } from '../../ml/train/loop';
import { COPY_FOLDERS } from './ctr-data';
import { trainAdapterFromFile } from './train-adapter';
import { trainBase } from './train-base';
import { trainCtr } from './train-ctr';
import type { TrainingReport, TrainOptions } from './train-options';
import { trainWriter } from './train-writer';

export const TRAINABLE = ['base', 'writer', 'ctr', 'adapter'] as const;
export type Trainable = (typeof TRAINABLE)[number];

export interface TrainArguments {
  what: string;
  /** Folder of the data sets; for an adapter a CSV file with the columns profile, text and clicked. */
  data: string;
  corpus?: string;
  titles?: string;
  base?: string;
  output?: string;
  checkpoints?: string;
  seed?: number;
  epochs?: number;
  rate?: number;
  threads?: number;
  /** Of an adapter. */
  rank?: number;
}

const RECIPES: Record<Trainable, (options: TrainOptions) => Promise<LoopResult>> = { base: trainBase, writer: trainWriter, ctr: trainCtr, adapter: trainAdapterFromFile };

/** @param dataDir where the product keeps its files; runs and the base model live in `training/` there */
export async function runTraining(
  args: TrainArguments,
  { dataDir, report, signal }: { dataDir: string; report: TrainingReport; signal?: AbortSignal },
): Promise<{ output: string; result: LoopResult }> {
  const what = TRAINABLE.find((name) => name === args.what);
  if (!what) throw badInput('what', `There is nothing to train by the name ${JSON.stringify(args.what)}.`, `One of ${TRAINABLE.join(', ')}.`);
  positive('epochs', args.epochs);
  positive('rate', args.rate);
  positive('threads', args.threads);
  const root = path.join(dataDir, 'training');
  const checkpoints = args.checkpoints ?? path.join(root, `${what}-checkpoints`);
  const output = args.output ?? (what === 'base' || what === 'adapter' ? path.join(root, what) : path.join('models', what));
  await requireWritable(output);
  await requireWritable(checkpoints);
  const result = await RECIPES[what]({
    data: args.data,
    corpus: args.corpus ?? COPY_FOLDERS.corpus,
    titles: args.titles ?? COPY_FOLDERS.titles,
    base: args.base ?? (what === 'adapter' ? path.join('models', 'ctr') : path.join(root, 'base')),
    baseGiven: args.base !== undefined,
    output,
    checkpoints,
    seed: args.seed ?? 1,
    settings: { epochs: args.epochs, rate: args.rate, threads: args.threads, rank: args.rank },
    report,
    signal,
  });
  // A finished run has nothing to go on from, and what it kept would stand in the way of the next one.
  if (args.checkpoints === undefined) await rm(checkpoints, { recursive: true, force: true });
  return { output, result };
}

function positive(field: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0 && Number.isFinite(value))) throw badInput(field, `${field} must be a number above 0, not ${value}.`);
}
