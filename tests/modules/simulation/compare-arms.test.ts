import { createRng } from '../../../src/base/rng';
import { compareArms, pairedLift } from '../../../src/modules/simulation/loop/compare-arms';
import type { Showing } from '../../../src/modules/simulation/loop/visits';

/** People of very different readiness, shown something at `rate` times their own. */
function showings(rate: number, seed: number, people = 60, each = 20): Showing[] {
  const rng = createRng(seed);
  return Array.from({ length: people }, (_, person) => {
    const own = 0.02 + 0.1 * createRng(person).next();
    return Array.from({ length: each }, (_, i): Showing => {
      const chance = own * rate;
      return { round: 1 + (i % 2), person: `p${person}`, vertical: 'TRAVEL', text: '', propensity: 1, chance, clicked: rng.next() < chance };
    });
  }).flat();
}

describe('the lift of one arm over the other', () => {
  it('is found by the truth to the digit, with an interval that people of different readiness do not widen', () => {
    const { lift, low, high } = pairedLift(showings(1.2, 1), showings(1, 2), ({ chance }) => chance, 1);
    expect(lift).toBeCloseTo(0.2, 12);
    expect(low).toBeCloseTo(0.2, 9);
    expect(high).toBeCloseTo(0.2, 9);
  });

  it('has the true lift in its 95 % interval about as often as it says, by drawn clicks', () => {
    const runs = 24;
    const inside = Array.from({ length: runs }, (_, i) => pairedLift(showings(1.3, 2 * i), showings(1, 2 * i + 1), ({ clicked }) => Number(clicked), i)).filter(({ low, high }) => low <= 0.3 && 0.3 <= high);
    expect(inside.length / runs).toBeGreaterThan(0.8);
    expect(inside.length).toBeLessThanOrEqual(runs);
  });

  it('is told by round and over all, over the better rival', () => {
    const runs = { learning: showings(1.5, 1), still: showings(0.8, 2), even: showings(1, 3) };
    const { rounds, rival, overall, last } = compareArms(runs, 3);
    expect(rounds.map(({ round, learning, still, even }) => [round, learning.shown, still.shown, even.shown])).toEqual([[1, 600, 600, 600], [2, 600, 600, 600]]);
    expect(rival).toBe('even');
    expect(overall.expected.lift).toBeCloseTo(0.5, 12);
    expect(last.expected.lift).toBeCloseTo(0.5, 12);
    const other = compareArms({ ...runs, still: showings(1.2, 2) }, 3);
    expect(other.rival).toBe('still');
    expect(other.overall.expected.lift).toBeCloseTo(0.25, 12);
  });
});
