/** A training run's state on disk: written whole or not at all, so that a killed run resumes where it last stood. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AdloomError, messageOf } from '../../base/errors';
import type { Weights } from '../gpt2/parameters';
import { readSafetensors, safetensorsChunks, writeSafetensors } from '../weights/safetensors';
import { withStagedFiles } from '../weights/staged-files';
import { floatTensor } from '../weights/tensor';
import type { Evaluation } from './task';
import type { Trainer } from './trainer';

export interface Progress {
  /** Updates done. */
  step: number;
  /** Steps over which the running mean of the weights was taken. */
  averaged: number;
  best?: { step: number; evaluation: Evaluation };
  /** How the start validated, where it counts. */
  start?: Evaluation;
  /** Validations since the best one. */
  stale: number;
  /** The step at which the session started whose dropout masks the run is drawing; the run's own step where absent. */
  session?: number;
  /** Fingerprint of configuration and data; a checkpoint of another run is refused. */
  fingerprint: string;
}

const PROGRESS = 'progress.json';
const BEST = 'best.safetensors';
const STATE = /^state-\d+\.safetensors$/;

/** Keeps the weights that the run would give if it ended here. */
export async function saveBest(directory: string, weights: Weights): Promise<void> {
  await writeSafetensors(path.join(directory, BEST), new Map([...weights].map(([name, { shape, data }]) => [name, floatTensor(shape, data)])));
}

export async function loadBest(directory: string): Promise<Weights> {
  const { tensors } = await readSafetensors(path.join(directory, BEST));
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: data as Float32Array }]));
}

export async function saveCheckpoint(directory: string, trainer: Trainer, progress: Progress): Promise<void> {
  // The tensors carry the step in their name: progress.json, which appears last, decides which of them counts.
  const file = `state-${progress.step}.safetensors`;
  await withStagedFiles(async (files) => {
    await files.add(path.join(directory, file), safetensorsChunks(trainer.state(), {}, file));
    await files.add(path.join(directory, PROGRESS), [JSON.stringify({ ...progress, file })]);
  });
  const old = (await readdir(directory)).filter((name) => STATE.test(name) && name !== file);
  await Promise.all(old.map((name) => rm(path.join(directory, name), { force: true })));
}

/**
 * @param run the run's fingerprint, and whether it begins anew over the checkpoint of another
 * @returns undefined where there is nothing to resume; throws CONFLICT for the checkpoint of another run
 */
export async function loadCheckpoint(directory: string, trainer: Trainer, run: { fingerprint: string; replaceOther?: boolean }): Promise<Progress | undefined> {
  const file = path.join(directory, PROGRESS);
  if (!existsSync(file)) return undefined;
  let progress: Progress & { file: string };
  try {
    progress = JSON.parse(await readFile(file, 'utf8')) as Progress & { file: string };
    if (typeof progress?.file !== 'string') throw new Error('it names no file of weights');
  } catch (cause) {
    throw new AdloomError('MODEL_INVALID', `The checkpoint ${file} is not readable: ${messageOf(cause)}`, { hint: 'Delete the directory to start anew.', cause });
  }
  if (progress.fingerprint !== run.fingerprint) {
    if (run.replaceOther) return undefined;
    throw new AdloomError('CONFLICT', `The checkpoint in ${directory} is of a run with other data or settings.`, {
      hint: 'Resume with the data and settings it was started with, delete the directory to start anew, or give another one.',
    });
  }
  const { tensors } = await readSafetensors(path.join(directory, progress.file));
  trainer.restore(tensors, progress.step, progress.averaged);
  return progress;
}
