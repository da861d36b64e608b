import type { Lift, Rate } from './compare-arms';
import type { SimulationReport } from './simulate';

/** The report as lines of a table for people. */
export function simulationTable({ settings, comparison, arms, best, even }: SimulationReport): string[] {
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const change = (value: number): string => `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)} %`;
  const lift = ({ lift: of, low, high }: Lift): string => `${change(of)} (${change(low)} to ${change(high)})`;
  const row = (name: string, values: readonly string[]): string => `${name.padEnd(22)}${values.map((value) => value.padStart(16)).join('')}`;
  const rates = ({ shown, clicks, rate, expected }: Rate): string[] => [`${clicks} of ${shown}`, percent(rate), percent(expected)];
  return [
    `simulation: ${settings.people} people in each of four verticals, ${settings.rounds} rounds of ${settings.visits} visits, ${settings.creatives} creatives a campaign, seed ${settings.seed}`,
    'click rates as drawn, and as the truth has them for what was shown',
    row('round', ['learning', 'drawn', 'truth', 'without', 'drawn', 'truth']),
    ...comparison.rounds.map(({ round, learning, still }) => row(String(round), [...rates(learning), ...rates(still)])),
    row('lift, all rounds', ['drawn', lift(comparison.overall.drawn)]),
    row('', ['truth', lift(comparison.overall.expected)]),
    row('lift, last round', ['drawn', lift(comparison.last.drawn)]),
    row('', ['truth', lift(comparison.last.expected)]),
    `chosen evenly the truth would be ${percent(even)}, chosen best ${percent(best)}`,
    `learning: ${arms.learning.recorded} outcomes counted, ${arms.learning.replayed} repeats, ${arms.learning.empty} visits with nothing to show`,
  ];
}
