import type { Clock } from '../base/clock';
import type { Shell } from './shell';

export interface Progress {
  /** @param share done of all, 0 to 1; null when nobody knows how much there is */
  update(share: number | null, text: string): void;
  /** Says a line that stays, above the bar. */
  note(text: string): void;
  /** Takes the bar away. */
  end(): void;
}

const REDRAW_MS = 100;
const LINE_MS = 5_000;
const WIDTH = 24;

/** A bar where a person watches, now and then a plain line where a log does. On standard error: standard output is for results. */
export function createProgress(shell: Shell, clock: Clock, label: string): Progress {
  const { stderr } = shell;
  const terminal = stderr.isTTY === true;
  let last = Number.NEGATIVE_INFINITY;
  let drawn = false;
  const erase = (): void => {
    if (drawn) stderr.write('\r\u001b[K');
    drawn = false;
  };
  return {
    update(share, text) {
      const now = clock.elapsed();
      if (now - last < (terminal ? REDRAW_MS : LINE_MS)) return;
      last = now;
      const percent = share === null ? '' : `${String(Math.floor(Math.min(1, share) * 100)).padStart(3)} % `;
      if (!terminal) {
        stderr.write(`${label}: ${percent.trimStart()}${text}\n`);
        return;
      }
      const full = share === null ? 0 : Math.round(Math.min(1, share) * WIDTH);
      const bar = share === null ? '' : `[${'='.repeat(full)}${' '.repeat(WIDTH - full)}] `;
      stderr.write(`\r\u001b[K${`${label} ${bar}${percent}${text}`.slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`);
      drawn = true;
    },
    note(text) {
      erase();
      stderr.write(`${text}\n`);
    },
    end: erase,
  };
}

export const noProgress: Progress = { update: () => undefined, note: () => undefined, end: () => undefined };
