/** How the truth values copy that was written between rounds, beside the first. */
import type { World, WorldVertical } from '../world/world';
import type { Improvement } from './improve';
import type { Market, Showing } from './visits';

export interface CopyWorth {
  /** After which round it joined. */
  readonly round: number;
  readonly joined: number;
  readonly turnedAway: number;
  /** Mean chance of a click of it, chosen evenly, and of the campaigns' first copy. */
  readonly expected: number;
  readonly first: number;
  /** Share of the showings since then that it had, and the mean chance of those. */
  readonly share: number;
  readonly shown: number;
}

export function copyWorth(world: World, markets: readonly Market[], texts: Readonly<Record<WorldVertical, readonly string[]>>, improvements: readonly Improvement[], showings: readonly Showing[]): CopyWorth[] {
  const chances = (of: (vertical: WorldVertical) => readonly string[]): number[] =>
    markets.flatMap(({ vertical, people }) => people.flatMap((person) => of(vertical).map((text) => world.clickChance(person, text, vertical))));
  return improvements.map(({ round, copy }) => {
    const joined = new Map(copy.map(({ vertical, texts: own }) => [vertical, own]));
    const since = showings.filter((showing) => showing.round > round);
    const own = since.filter(({ vertical, text }) => joined.get(vertical)?.includes(text));
    return {
      round,
      joined: copy.reduce((sum, each) => sum + each.texts.length, 0),
      turnedAway: copy.reduce((sum, each) => sum + each.turnedAway, 0),
      expected: mean(chances((vertical) => joined.get(vertical) ?? [])),
      first: mean(chances((vertical) => texts[vertical])),
      share: own.length / since.length,
      shown: mean(own.map(({ chance }) => chance)),
    };
  });
}

/** 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
