/** Runs over the same people: what one was clicked more than the better of the others, and how sure that is. */
import { createRng } from '../../../base/rng';
import type { Showing } from './visits';

/** `learning` is the platform as it is, `still` its model alone, `even` choosing all alike. */
export const RUNS = ['learning', 'still', 'even'] as const;
export type Run = (typeof RUNS)[number];
export type Rival = Exclude<Run, 'learning'>;

export interface Rate {
  readonly shown: number;
  readonly clicks: number;
  /** Clicks per showing, as drawn. */
  readonly rate: number;
  /** Mean chance of a click by the truth: the same without the luck of the draw. */
  readonly expected: number;
}

export interface Lift {
  /** Ratio of the rates less 1. */
  readonly lift: number;
  readonly low: number;
  readonly high: number;
}

export interface Comparison {
  readonly rounds: readonly ({ readonly round: number } & Readonly<Record<Run, Rate>>)[];
  /** Who does better without learning, by the truth over all rounds: whom lifts are over. */
  readonly rival: Rival;
  /** Over all rounds, and in the last one alone; by drawn clicks and by the truth. 95 % intervals. */
  readonly overall: { readonly drawn: Lift; readonly expected: Lift };
  readonly last: { readonly drawn: Lift; readonly expected: Lift };
}

const RESAMPLES = 2_000;

export function compareArms(runs: Readonly<Record<Run, readonly Showing[]>>, seed: number): Comparison {
  const rounds = [...new Set(runs.learning.map(({ round }) => round))].toSorted((a, b) => a - b);
  const of = (run: Run, round: number): Showing[] => runs[run].filter((each) => each.round === round);
  const both = (a: readonly Showing[], b: readonly Showing[]): { drawn: Lift; expected: Lift } => ({
    drawn: pairedLift(a, b, ({ clicked }) => Number(clicked), seed),
    expected: pairedLift(a, b, ({ chance }) => chance, seed),
  });
  const rival: Rival = rateOf(runs.still).expected > rateOf(runs.even).expected ? 'still' : 'even';
  const last = rounds.at(-1)!;
  return {
    rounds: rounds.map((round) => ({ round, learning: rateOf(of('learning', round)), still: rateOf(of('still', round)), even: rateOf(of('even', round)) })),
    rival,
    overall: both(runs.learning, runs[rival]),
    last: both(of('learning', last), of(rival, last)),
  };
}

export function rateOf(showings: readonly Showing[]): Rate {
  const clicks = showings.filter(({ clicked }) => clicked).length;
  const expected = showings.reduce((sum, { chance }) => sum + chance, 0) / showings.length;
  return { shown: showings.length, clicks, rate: clicks / showings.length, expected };
}

/** Bootstrap over people: a person is drawn with what both runs showed them (Efron and Tibshirani 1993, the percentile interval). */
export function pairedLift(learning: readonly Showing[], rival: readonly Showing[], value: (showing: Showing) => number, seed: number): Lift {
  const people = new Map<string, [number, number, number, number]>();
  const add = (showings: readonly Showing[], at: 0 | 2): void => {
    for (const showing of showings) {
      const sums = people.get(showing.person) ?? [0, 0, 0, 0];
      sums[at] += value(showing);
      sums[at + 1]! += 1;
      people.set(showing.person, sums);
    }
  };
  add(learning, 0);
  add(rival, 2);
  const list = [...people.values()];
  const liftOf = (drawn: readonly (readonly [number, number, number, number])[]): number => {
    const sum = (at: number): number => drawn.reduce((total, sums) => total + sums[at]!, 0);
    return sum(0) / sum(1) / (sum(2) / sum(3)) - 1;
  };
  const rng = createRng(seed).fork('bootstrap');
  const lifts = Array.from({ length: RESAMPLES }, () => liftOf(Array.from(list, () => list[rng.int(list.length)]!))).filter(Number.isFinite).toSorted((a, b) => a - b);
  const quantile = (share: number): number => lifts[Math.min(lifts.length - 1, Math.floor(share * lifts.length))] ?? Number.NaN;
  return { lift: liftOf(list), low: quantile(0.025), high: quantile(0.975) };
}
