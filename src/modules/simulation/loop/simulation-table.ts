import type { Lift, Rate } from './compare-arms';
import type { Retrained } from './platform';
import type { SimulationReport } from './simulate';

const RIVALS = { still: 'the model alone', even: 'choosing evenly' } as const;

/** The report as lines of a table for people. */
export function simulationTable({ settings, comparison, arms, retraining, copy, best, bestOfAll }: SimulationReport): string[] {
  const row = (name: string, values: readonly string[]): string => `${name.padEnd(18)}${values.map((value) => value.padStart(15)).join('')}`;
  const rates = ({ shown, clicks, expected }: Rate): string[] => [`${clicks} of ${shown}`, percent(expected)];
  const { rival, overall, last } = comparison;
  return [
    `simulation: ${settings.people} people in each of four verticals, ${settings.rounds} rounds of ${settings.visits} visits, ${settings.creatives} creatives a campaign, seed ${settings.seed}`,
    'clicks as drawn, and click rates as the truth has them for what was shown',
    row('round', ['learning', 'truth', 'model alone', 'truth', 'evenly', 'truth']),
    ...comparison.rounds.map(({ round, learning, still, even }) => row(String(round), [...rates(learning), ...rates(still), ...rates(even)])),
    `lift over ${RIVALS[rival]}, the better of the two`,
    `  all rounds      drawn ${lift(overall.drawn)}, truth ${lift(overall.expected)}`,
    `  last round      drawn ${lift(last.drawn)}, truth ${lift(last.expected)}`,
    `chosen best the truth would be ${percent(best)}${copy.length > 0 ? `, and ${percent(bestOfAll)} with the copy that was written since` : ''}`,
    ...copy.map(({ round, joined, turnedAway, expected, first, share, shown }) =>
      `copy after round ${round}: ${joined} joined, ${turnedAway} pieces turned away; truth ${percent(expected)} (the first copy ${percent(first)}); since then ${(100 * share).toFixed(0)} % of showings, at ${percent(shown)}`),
    ...retraining.flatMap(({ round, runs }) => runs.map((run) => `training after round ${round}, ${run.vertical.toLowerCase()}: ${verdictOf(run)}`)),
    `learning: ${arms.learning.recorded} outcomes counted, ${arms.learning.replayed} repeats, ${arms.learning.empty} visits with nothing to show`,
  ];
}

function verdictOf({ status, unmet, live, figures }: Retrained): string {
  const { candidateLogLoss, liveLogLoss, testRows, testClicks } = figures;
  const judged = candidateLogLoss === undefined ? '' : `; log loss ${candidateLogLoss.toFixed(4)}, before ${liveLogLoss!.toFixed(4)}, on ${testRows} decisions with ${testClicks} clicks`;
  return `${status.toLowerCase()}${live === null ? '' : ', live'}${judged}${unmet.length > 0 ? `; ${unmet.join('; ')}` : ''}`;
}

function lift({ lift: of, low, high }: Lift): string {
  return `${change(of)} (${change(low)} to ${change(high)})`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}

function change(value: number): string {
  return `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)} %`;
}
