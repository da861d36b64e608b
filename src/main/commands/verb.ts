import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { badInput, messageOf } from '../../base/errors';
import { PROJECT_ROOT } from '../config';
import type { Shell } from '../shell';

/** Every verb is registered alike; `finish` sets the exit code of a run that did not throw. */
export type RegisterVerb = (program: Command, shell: Shell, finish: (exitCode: number) => void) => void;

/** The shipped corpus unless told, wherever the program was started from. */
export function corpusOption(text: string): Option {
  const shipped = 'models/writer/corpus';
  return new Option('--corpus <directory>', text).default(path.join(PROJECT_ROOT, shipped), JSON.stringify(shipped));
}

/** Comes after the report, which took long and must not be lost with it. @throws BAD_INPUT. */
export async function writeChart(file: string, chart: string): Promise<void> {
  await writeFile(file, chart).catch((cause: unknown) => {
    throw badInput('chart', `${file} cannot be written: ${messageOf(cause)}`, 'Name a file in a folder that exists.');
  });
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
