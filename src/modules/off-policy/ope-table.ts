import { ESTIMATORS, LEAST_VARYING, type EstimatorName } from '../../ml/bandit/off-policy/evaluate-policy';
import type { Interval } from '../../ml/bandit/off-policy/ratio-mean';
import type { ObservedMean, OpeReport, ValuedPart } from './ope-verb';

const NAMES: Readonly<Record<EstimatorName, string>> = {
  ips: 'IPS', clippedIps: 'IPS, clipped', snips: 'SNIPS', clippedSnips: 'SNIPS, clipped', dm: 'DM', dr: 'DR', clippedDr: 'DR, clipped', switchDr: 'Switch-DR',
};

/** The report for people, line by line. */
export function opeTable({ log, policy, policyLog, parts, replicates, seed }: OpeReport): string[] {
  const many = log.positions > 1;
  return [
    `log     ${log.file}${log.format === 'open-bandit' ? ' (Open Bandit format)' : ''}: ${count(log.rows)} rows, ${log.actions} actions${many ? ` at each of ${log.positions} positions` : ''}`,
    `policy  ${policy}`,
    ...parts.flatMap((part) => ['', ...tableOf(part, many)]),
    '',
    `Value per row. Intervals 95 %: studentised bootstrap (${count(replicates)} resamples, seed ${seed}) and normal. DM's do not count the reward model's own error.`,
    ...(policyLog === null ? [] : [`Truth: what the policy earned in ${policyLog}; its interval is normal.`]),
  ];
}

function tableOf({ position, logged, value, truth, relativeError }: ValuedPart, many: boolean): string[] {
  const title = position !== null ? `position ${position}` : many ? 'all positions, pooled: the average over positions in the shares of the log' : 'all rows';
  const row = (name: string, cells: readonly string[], error: string): string => `${name.padEnd(16)}${cells[0]!.padStart(10)}${cells[1]!.padStart(12)} ${cells[2]!.padStart(21)} ${cells[3]!.padStart(21)}${truth === null ? '' : error.padStart(11)}`.trimEnd();
  const warnings = [
    ...(value.weightsOff ? [`  Weights average ${short(value.meanWeight)} where right propensities give about ${short(1 - value.unsupported)}: check that the propensities are of what was shown. Trust no row below.`] : []),
    ...(value.effectiveSampleSize < 100 ? ['  Fewer than 100 effective rows: read no decision from weighted estimates.'] : []),
    ...(value.varyingRows < LEAST_VARYING ? [`  Only ${value.varyingRows} rows of what the policy does have another reward than the rest: too few for an interval.`] : []),
  ];
  return [
    title,
    `  ${count(value.rows)} rows, effective ${count(Math.round(value.effectiveSampleSize))}; weights: mean ${short(value.meanWeight)}, largest ${short(value.largestWeight)}, clipped at ${short(value.clip)}; Switch-DR at ${short(value.switchThreshold)}; unsupported ${short(value.unsupported * 100)} %`,
    ...warnings,
    row('', ['value', 'std. error', 'bootstrap', 'normal'], 'rel. error'),
    ...ESTIMATORS.map((name) => {
      const { value: estimate, standardError, bootstrap, normal } = value.estimates[name];
      return row(NAMES[name], [rate(estimate), rate(standardError), between(bootstrap), between(normal)], relativeError === null ? '' : `${(100 * relativeError[name]).toFixed(1)} %`);
    }),
    observedRow('logging policy', logged),
    ...(truth === null ? [] : [observedRow('truth', truth)]),
  ];

  function observedRow(name: string, { mean, interval, rows }: ObservedMean): string {
    return `${row(name, [rate(mean), '', '', between(interval)], '')}  (${count(rows)} rows)`;
  }
}

const rate = (value: number): string => value.toFixed(5);
const short = (value: number): string => String(Number(value.toPrecision(3)));
const count = (value: number): string => value.toLocaleString('en');
const between = (interval: Interval | null): string => (interval === null ? 'none' : `${rate(interval.low)} to ${rate(interval.high)}`);
