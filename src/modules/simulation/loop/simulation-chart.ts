import type { Run } from './compare-arms';
import type { SimulationReport } from './simulate';

const [WIDTH, HEIGHT] = [640, 360];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 24, 56, 48];
/** In the order of drawing; the labels of one stand below its points, so that curves that run together can be read. */
const CURVES: readonly { readonly run: Run; readonly colour: string; readonly words: string; readonly at: number; readonly below: boolean }[] = [
  { run: 'even', colour: '#777777', words: 'chosen evenly', at: 190, below: true },
  { run: 'still', colour: '#c2571a', words: 'the model alone', at: 70, below: false },
  { run: 'learning', colour: '#1a5fb4', words: 'learning', at: 0, below: false },
];

/** Click rates by round, by the truth, as an SVG document. */
export function simulationChart({ settings, comparison: { rounds, overall, rival }, bestOfAll }: SimulationReport): string {
  const most = 1.1 * Math.max(bestOfAll, ...rounds.flatMap((round) => CURVES.map(({ run }) => round[run].expected)));
  const x = (index: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (index + 0.5)) / rounds.length;
  const y = (rate: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * rate) / most;
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const text = (at: readonly [number, number], words: string, more = ''): string => `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${words}</text>`;
  const level = (rate: number, words: string): string[] => [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(rate).toFixed(1)}" y2="${y(rate).toFixed(1)}" stroke="#bbb" stroke-dasharray="4 4"/>`,
    text([WIDTH - RIGHT, y(rate) - 4], `${words}: ${percent(rate)}`, 'text-anchor="end" fill="#777"'),
  ];
  const curve = (colour: string, rates: readonly number[], below: boolean): string[] => [
    `<polyline fill="none" stroke="${colour}" stroke-width="2.5" points="${rates.map((rate, i) => `${x(i).toFixed(1)},${y(rate).toFixed(1)}`).join(' ')}"/>`,
    ...rates.flatMap((rate, i) => [`<circle cx="${x(i).toFixed(1)}" cy="${y(rate).toFixed(1)}" r="4" fill="${colour}"/>`, text([x(i), y(rate) + (below ? 18 : -9)], percent(rate), `text-anchor="middle" fill="${colour}"`)]),
  ];
  const { lift, low, high } = overall.expected;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text([LEFT, 22], 'Simulation: click rate of what was shown, by round', 'font-size="15" fill="#222"'),
    text([LEFT, 40], `${4 * settings.people} people, seed ${settings.seed}; lift over ${rival === 'still' ? 'the model alone' : 'choosing evenly'} ${percent(lift)}, 95 % interval ${percent(low)} to ${percent(high)}`, 'fill="#555"'),
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(0)}" y2="${y(0)}" stroke="#222"/>`,
    ...rounds.map(({ round }, i) => text([x(i), HEIGHT - BOTTOM + 18], `round ${round}`, 'text-anchor="middle" fill="#222"')),
    ...level(bestOfAll, 'every choice the best'),
    ...CURVES.flatMap(({ run, colour, words, at, below }) => [...curve(colour, rounds.map((round) => round[run].expected), below), text([LEFT + at, HEIGHT - 8], words, `fill="${colour}"`)]),
    '</svg>',
    '',
  ].join('\n');
}
