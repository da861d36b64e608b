/** Two runs over the same people: what one was clicked more than the other, and how sure that is. */
import { createRng } from '../../../base/rng';
import type { Showing } from './run-arm';

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
  readonly rounds: readonly { readonly round: number; readonly learning: Rate; readonly still: Rate }[];
  /** Over all rounds, and in the last one alone; by drawn clicks and by the truth. 95 % intervals. */
  readonly overall: { readonly drawn: Lift; readonly expected: Lift };
  readonly last: { readonly drawn: Lift; readonly expected: Lift };
}

const RESAMPLES = 2_000;

export function compareArms(learning: readonly Showing[], still: readonly Showing[], seed: number): Comparison {
  const rounds = [...new Set(learning.map(({ round }) => round))].toSorted((a, b) => a - b);
  const of = (showings: readonly Showing[], round: number): Showing[] => showings.filter((each) => each.round === round);
  const both = (a: readonly Showing[], b: readonly Showing[]): { drawn: Lift; expected: Lift } => ({
    drawn: pairedLift(a, b, ({ clicked }) => Number(clicked), seed),
    expected: pairedLift(a, b, ({ chance }) => chance, seed),
  });
  return {
    rounds: rounds.map((round) => ({ round, learning: rateOf(of(learning, round)), still: rateOf(of(still, round)) })),
    overall: both(learning, still),
    last: both(of(learning, rounds.at(-1)!), of(still, rounds.at(-1)!)),
  };
}

export function rateOf(showings: readonly Showing[]): Rate {
  const clicks = showings.filter(({ clicked }) => clicked).length;
  const expected = showings.reduce((sum, { chance }) => sum + chance, 0) / showings.length;
  return { shown: showings.length, clicks, rate: clicks / showings.length, expected };
}

/** Bootstrap over people: a person is drawn with what both arms showed them (Efron and Tibshirani 1993, the percentile interval). */
export function pairedLift(learning: readonly Showing[], still: readonly Showing[], value: (showing: Showing) => number, seed: number): Lift {
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
  add(still, 2);
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
