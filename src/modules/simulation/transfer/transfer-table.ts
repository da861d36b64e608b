import { PROMISED_SIZE, type TransferReport, type TransferRun } from './evaluate-transfer';
import { WORLD_VERTICALS } from '../world/world';

/** What of the gain of all outcomes each size has, of several runs together: gains are summed before they are divided. */
export function reached(runs: readonly TransferRun[], from: 'warm' | 'cold' = 'warm'): number[] {
  const sum = (of: (run: TransferRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  // What all outcomes come to at their best, whatever the start.
  const all = sum((run) => Math.max(run.warm.at(-1)!, run.cold.at(-1)!) - run.base);
  return runs[0]![from].map((_, size) => sum((run) => run[from][size]! - run.base) / all);
}

/** The report as lines of a table for people. */
export function transferTable({ model, settings, runs, serving }: TransferReport): string[] {
  const { sizes, shares, draws, seed, established } = settings;
  const shown = runs.filter(({ shared }) => shared === shares[0]);
  const total = runs[0]!.choices;
  const names = [...sizes.map((size) => size.toLocaleString('en')), 'all'];
  const mean = (of: readonly TransferRun[], pick: (run: TransferRun) => number): number => of.reduce((sum, run) => sum + pick(run), 0) / of.length;
  const row = (name: string, values: readonly string[]): string => `${name.padEnd(26)}${values.map((value) => value.padStart(9)).join('')}`;
  const percent = (value: number, digits = 0): string => `${(100 * value).toFixed(digits)} %`;
  /** To a tenth: what is promised is not to be reached by rounding. */
  const share = (values: readonly number[]): string[] => values.map((value) => percent(value, 1));
  const lines = [
    `ranker ${model} in a simulated world: a new vertical's adapter by how many outcomes it saw`,
    `${total.toLocaleString('en')} outcomes in all, ${draws} draws of tastes, ${percent(shares[0]!)} of them common to all verticals; seed ${seed}`,
    `over ${runs[0]!.texts[0]} texts; of each other vertical ${(established.people * established.shows).toLocaleString('en')} before, over ${Math.round(mean(shown, (run) => run.texts[1] / (WORLD_VERTICALS.length - 1)))} texts each`,
    'expected per-person AUC of people and copy held out (a quarter of the copy was shown to nobody before)',
    row('', ['base', 'others', ...names, 'truth']),
  ];
  for (const vertical of WORLD_VERTICALS) {
    const of = shown.filter((run) => run.vertical === vertical);
    const auc = (pick: (run: TransferRun) => number): string => mean(of, pick).toFixed(4);
    lines.push(
      row(`${vertical.toLowerCase()}, from the others`, [auc((r) => r.base), auc((r) => r.others), ...names.map((_, i) => auc((r) => r.warm[i]!)), auc((r) => r.ceiling)]),
      row('  from the base alone', ['', '', ...names.map((_, i) => auc((r) => r.cold[i]!)), '']),
      row('  share of the full gain', ['', '', ...share(reached(of)), '']),
      row('  clicks among them', ['', '', ...names.map((_, i) => mean(of, (r) => r.clicks[i]!).toFixed(0)), '']),
    );
  }
  lines.push('', 'share of the full gain, all verticals', row('common to all verticals', ['', '', ...names]));
  for (const common of shares) {
    const of = runs.filter(({ shared }) => shared === common);
    lines.push(row(`${percent(common)}, from the others`, ['', '', ...share(reached(of))]), row('  from the base alone', ['', '', ...share(reached(of, 'cold'))]));
  }
  const lost = Math.max(...serving.flatMap((check) => Object.values(check.lost)));
  lines.push(
    '',
    `served: another vertical lost at most ${(100 * lost).toFixed(2)} points while one's adapter of ${PROMISED_SIZE.toLocaleString('en')} outcomes served beside it`,
    `were it served by that adapter itself, its change would be at worst ${signed(-100 * Math.max(...shown.map((run) => run.misapplied)))} points beside the base`,
  );
  return lines;
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(2)}`;
}
