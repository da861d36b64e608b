/** The report of a replay as lines for people. */
import type { ReplayReport } from './replay-verb';
import type { PolicyResult } from './run-replay';

export function replayTable(report: ReplayReport): string[] {
  return [
    `${report.tests} tests, ${report.arms} arms (equal headline and image are one); left out: ${report.rowsWithoutImpressions} rows without impressions, ${report.testsWithoutChoice} tests without a choice; seeds: ${report.seeds}`,
    '',
    'All tests, text scores by ridge regression on other tests',
    ...section(report.all),
    ...(report.heldOut === null ? [] : ['', `The ${report.heldOut.tests} tests of the classifier's test split, text scores by the classifier ${report.heldOut.model}`, ...section(report.heldOut.policies)]),
  ];
}

function section(policies: readonly PolicyResult[]): string[] {
  const budgets = policies[0]!.budgets;
  const row = (name: string, cells: readonly string[]): string => `${name.padEnd(26)}${cells.map((cell) => cell.padStart(22)).join('')}`;
  const heads = row('', budgets.map(({ budget }) => budget.toLocaleString('en')));
  const number = (x: number): string => x.toFixed(Math.abs(x) < 10 ? 2 : 1);
  return [
    'regret, % of an even split (tuned in hindsight to)',
    heads,
    ...policies.map((p) => row(p.policy, p.budgets.map((b) => `${(100 * b.ofEven).toFixed(1)}${b.tuned === null ? '' : ` (${b.tuned})`}`))),
    'clicks per test',
    heads,
    ...policies.map((p) => row(p.policy, p.budgets.map((b) => number(b.clicks.mean)))),
    'clicks lost beyond ours per test, expected, 95 % interval over tests',
    heads,
    ...policies.flatMap((p) => (p.role === 'ours' ? [] : [row(p.policy, p.budgets.map(({ beyondOurs: d }) => (d === null ? '' : `${number(d.mean)} [${number(d.low)}, ${number(d.high)}]`)))])),
  ];
}
