import { AdloomError } from '../../../base/errors';
import type { BanditLog, Candidates } from './bandit-log';

/** An estimate is off by at most this share times the largest reward on account of what the log never shows. */
export const MOST_UNSUPPORTED = 0.01;

/**
 * Share of the evaluation policy's probability, averaged over rows, that lies on actions the log never shows with a propensity
 * above 0. No estimator that goes by the log can say anything about it. @throws NO_SUPPORT when it is above `MOST_UNSUPPORTED`,
 * when a row has propensity 0, or when the policy would do nothing of what the log shows.
 */
export function checkSupport(log: BanditLog, candidates: Candidates): number {
  const n = log.actions.length;
  const shown = new Set<number>();
  let impossible = 0;
  for (let i = 0; i < n; i++) {
    if (log.propensities[i]! > 0) shown.add(log.actions[i]!);
    else impossible++;
  }
  let unsupported = 0;
  let agreed = 0;
  const missing = new Set<number>();
  for (let i = 0; i < n; i++) {
    for (let k = candidates.starts[i]!; k < candidates.starts[i + 1]!; k++) {
      const action = candidates.actions[k]!;
      const probability = candidates.probabilities[k]!;
      if (action === log.actions[i]) agreed += probability;
      if (probability === 0 || shown.has(action)) continue;
      unsupported += probability / n;
      missing.add(action);
    }
  }
  const share = percent(unsupported);
  if (impossible > 0) {
    throw noSupport(`${impossible} of ${n} rows have propensity 0, which nothing that was shown can have; ${share} of the evaluation policy's probability lies on actions with no other rows.`);
  }
  if (unsupported > MOST_UNSUPPORTED) {
    throw noSupport(`${share} of the evaluation policy's probability lies on ${missing.size} action${missing.size === 1 ? '' : 's'} that the log never shows with a propensity above 0; at most ${percent(MOST_UNSUPPORTED)} may.`);
  }
  if (agreed === 0) throw noSupport('In no row does the evaluation policy give what was shown a probability above 0: 100 % of it lies elsewhere.');
  return unsupported;
}

function noSupport(message: string): AdloomError {
  return new AdloomError('NO_SUPPORT', message, { field: 'candidates', hint: 'Evaluate a policy that stays within what was shown, or log with exploration: every candidate needs a propensity above 0.' });
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
