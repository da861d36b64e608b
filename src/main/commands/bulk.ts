import { AdloomError } from '../../base/errors';
import { systemClock } from '../../base/clock';
import type { BulkCounts } from '../../modules/bulk/score-lines';
import type { ByteSource } from '../../modules/imports/row-source';
import { EXIT } from '../exit-codes';
import { createProgress, noProgress } from '../progress';
import { ReaderGone, write, type Shell } from '../shell';

/** Streams answers to standard output as fast as they are read, tells how it goes, and returns the exit code. */
export async function streamAnswers(
  shell: Shell,
  label: string,
  answers: (source: ByteSource, counts: BulkCounts) => AsyncIterable<string>,
  options: { readonly quiet: boolean },
): Promise<number> {
  const counts: BulkCounts = { lines: 0, bad: 0 };
  const progress = options.quiet ? noProgress : createProgress(shell, systemClock, label);
  const started = systemClock.elapsed();
  const text = (): string => {
    const seconds = (systemClock.elapsed() - started) / 1000;
    return `${counts.lines} lines, ${Math.round(counts.lines / Math.max(seconds, 0.001))} a second${counts.bad > 0 ? `, ${counts.bad} bad` : ''}`;
  };
  // A read that waits for the next line must not outlive Ctrl-C.
  const stop = (): void => void shell.stdin.destroy();
  shell.signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const answer of answers(shell.stdin as ByteSource, counts)) {
      await write(shell.stdout, answer, shell.signal);
      progress.update(null, text());
      if (shell.signal.aborted) break;
    }
  } catch (error) {
    if (error instanceof ReaderGone) {
      shell.stdin.destroy();
      return EXIT.OK;
    }
    if (!shell.signal.aborted) throw error;
  } finally {
    shell.signal.removeEventListener('abort', stop);
    progress.end();
  }
  if (shell.signal.aborted) throw new AdloomError('CANCELLED', `Interrupted after ${counts.lines} lines.`);
  if (!options.quiet) shell.stderr.write(`${label}: ${text()}\n`);
  return counts.bad > 0 ? EXIT.PARTIAL : EXIT.OK;
}
