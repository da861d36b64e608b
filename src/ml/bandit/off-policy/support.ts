import { AdloomError } from '../../../base/errors';
import type { BanditLog, LogSlice } from './bandit-log';

/** An estimate is off by at most this share times the largest reward on account of what the log never shows. */
export const MOST_UNSUPPORTED = 0.01;

/**
 * Share of the evaluation policy's probability, averaged over rows, that lies on actions the log never shows with a propensity
 * above 0. No estimator that goes by the log can say anything about it.
 */
export class Support {
  private readonly shown = new Set<number>();
  private readonly missing = new Set<number>();
  private impossible = 0;
  private unsupported = 0;
  private agreed = 0;

  constructor(private readonly log: BanditLog) {
    for (const [i, action] of log.actions.entries()) {
      if (log.propensities[i]! > 0) this.shown.add(action);
      else this.impossible++;
    }
  }

  add({ from, to, candidates }: LogSlice): void {
    const n = this.log.actions.length;
    for (let i = from; i < to; i++) {
      for (let k = candidates.starts[i - from]!; k < candidates.starts[i - from + 1]!; k++) {
        const action = candidates.actions[k]!;
        const probability = candidates.probabilities[k]!;
        if (action === this.log.actions[i]) this.agreed += probability;
        if (probability === 0 || this.shown.has(action)) continue;
        this.unsupported += probability / n;
        this.missing.add(action);
      }
    }
  }

  /**
   * Of all slices. @throws NO_SUPPORT when it is above `MOST_UNSUPPORTED`, when a row has propensity 0, or when the policy would do nothing of
   * what the log shows.
   */
  share(): number {
    const { impossible, unsupported, missing } = this;
    const share = percent(unsupported);
    if (impossible > 0) {
      throw noSupport(`${impossible} of ${this.log.actions.length} rows have propensity 0, which nothing that was shown can have; ${share} of the evaluation policy's probability lies on actions with no other rows.`);
    }
    if (unsupported > MOST_UNSUPPORTED) {
      throw noSupport(`${share} of the evaluation policy's probability lies on ${missing.size} action${missing.size === 1 ? '' : 's'} that the log never shows with a propensity above 0; at most ${percent(MOST_UNSUPPORTED)} may.`);
    }
    if (this.agreed === 0) throw noSupport('In no row does the evaluation policy give what was shown a probability above 0: 100 % of it lies elsewhere.');
    return unsupported;
  }
}

function noSupport(message: string): AdloomError {
  return new AdloomError('NO_SUPPORT', message, { field: 'candidates', hint: 'Evaluate a policy that stays within what was shown, or log with exploration: every candidate needs a propensity above 0.' });
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
