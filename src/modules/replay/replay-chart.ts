/** The report of a replay as a picture: regret beside an even split's, by budget. */
import type { PolicyResult } from './run-replay';

const COLOURS = ['#9aa0a6', '#e8710a', '#9334e6', '#80868b', '#1a73e8', '#c5a100', '#188038', '#7cb342', '#00838f', '#ad1457', '#5d4037'];
const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [860, 440, 60, 40, 250, 50];

/** An SVG document. */
export function replayChart(policies: readonly PolicyResult[], title: string): string {
  const budgets = policies[0]!.budgets.map((b) => b.budget);
  const highest = Math.max(1, ...policies.flatMap((p) => p.budgets.map((b) => b.ofEven)));
  const [first, last] = [Math.log(budgets[0]!), Math.log(budgets.at(-1)!)];
  const x = (budget: number): number => LEFT + ((Math.log(budget) - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (share: number): number => HEIGHT - BOTTOM - (share / highest) * (HEIGHT - TOP - BOTTOM);
  const text = (at: string, content: string): string => `<text ${at}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
  const ticks = [0, 0.25, 0.5, 0.75, 1].filter((share) => share <= highest);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#202124">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(`x="${LEFT}" y="22" font-size="14"`, title),
    ...ticks.map((share) => `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}" stroke="#e0e0e0"/>${text(`x="${LEFT - 8}" y="${y(share) + 4}" text-anchor="end"`, `${share * 100} %`)}`),
    ...budgets.map((budget) => text(`x="${x(budget)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle"`, budget.toLocaleString('en'))),
    text(`x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle"`, 'impressions per test'),
    ...policies.map(({ role, budgets: points }, i) => `<polyline fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="${role === 'ours' ? 4 : 2}"${role === 'variant' ? ' stroke-dasharray="4 4"' : ''} points="${points.map((p) => `${x(p.budget).toFixed(1)},${y(p.ofEven).toFixed(1)}`).join(' ')}"/>`),
    ...policies.map(({ policy }, i) => `<rect x="${WIDTH - RIGHT + 20}" y="${TOP + i * 22}" width="14" height="4" fill="${COLOURS[i % COLOURS.length]}"/>${text(`x="${WIDTH - RIGHT + 42}" y="${TOP + i * 22 + 6}"`, policy)}`),
    '</svg>',
    '',
  ].join('\n');
}
