import { createHash } from 'node:crypto';
import { badInput } from '../../../base/errors';

export interface WeightedArm {
  readonly name: string;
  /** Relative to the others'. 0 takes in nobody. */
  readonly weight: number;
}

export interface Assignment {
  /** The experiment's id: another one deals the same people anew. */
  readonly salt: string;
  readonly arms: readonly WeightedArm[];
  /** The share of units kept out of every arm, 0 to below 1. */
  readonly holdoutShare: number;
}

/**
 * The arm of a unit (a person), by hash alone: the same on every machine, at any time, with nothing stored. Null is the holdout.
 *
 * Each arm draws u from (0, 1) for the unit, and the smallest -ln(u) / weight takes it: exponential draws race, so an arm wins with its share of
 * the weights, and a changed weight moves people only into the arm that grew or out of the one that shrank (weighted rendezvous hashing:
 * Thaler and Ravishankar 1998; Schindelhauer and Schomaker 2005). The holdout draws on its own, so that growing it moves people into it alone.
 * u is the first 48 bits of SHA-256 of salt, name and unit, each ended by a zero byte. @throws BAD_INPUT.
 */
export function assign({ salt, arms, holdoutShare }: Assignment, unit: string): string | null {
  if (!(holdoutShare >= 0 && holdoutShare < 1)) throw badInput('holdoutShare', `The holdout's share must be at least 0 and below 1; ${holdoutShare} came.`);
  if (draw(salt, HOLDOUT, unit) < holdoutShare) return null;
  let winner: string | null = null;
  let least = Infinity;
  for (const { name, weight } of arms) {
    if (!(weight >= 0 && weight < Infinity)) throw badInput('arms', `The weight of ${JSON.stringify(name)} must be a finite number, not negative; ${weight} came.`);
    const time = -Math.log(draw(salt, name, unit)) / weight;
    if (time < least) [winner, least] = [name, time];
  }
  if (winner === null) throw badInput('arms', 'An experiment needs an arm with a weight above 0.');
  return winner;
}

/** No arm's name. */
const HOLDOUT = '\0';

function draw(salt: string, name: string, unit: string): number {
  return (createHash('sha256').update(`${salt}\0${name}\0${unit}\0`).digest().readUIntBE(0, 6) + 0.5) / 2 ** 48;
}
