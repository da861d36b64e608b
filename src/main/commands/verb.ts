import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { badInput } from '../../base/errors';
import { makeDirectory, requireWritable } from '../../base/make-directory';
import { writeError } from '../../base/write-error';
import { PROJECT_ROOT } from '../config';
import type { Shell } from '../shell';

/** Every verb is registered alike; `finish` sets the exit code of a run that did not throw. */
export type RegisterVerb = (program: Command, shell: Shell, finish: (exitCode: number) => void) => void;

/** The shipped corpus unless told, wherever the program was started from. */
export function corpusOption(text: string): Option {
  const shipped = 'models/writer/corpus';
  return new Option('--corpus <directory>', text).default(path.join(PROJECT_ROOT, shipped), JSON.stringify(shipped));
}

/** Comes before the work, which takes long. @throws BAD_INPUT where `writeChart` could not write */
export async function requireChart(file: string): Promise<void> {
  if (existsSync(file) && statSync(file).isDirectory()) throw badInput('chart', `${file} cannot be written: it is a directory.`, 'Name a file.');
  await requireWritable(path.dirname(file));
}

/** Comes after the report, which took long and must not be lost with it. @throws BAD_INPUT, DISK_FULL */
export async function writeChart(file: string, chart: string): Promise<void> {
  try {
    await makeDirectory(path.dirname(file));
    await writeFile(file, chart);
  } catch (error) {
    throw writeError(error, file);
  }
}

/** Parser of a whole number option. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
