import { InvalidArgumentError, type Command } from 'commander';
import type { Shell } from '../shell';

/** Every verb is registered alike; `finish` sets the exit code of a run that did not throw. */
export type RegisterVerb = (program: Command, shell: Shell, finish: (exitCode: number) => void) => void;

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
