import { AdloomError } from '../base/errors';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** What a command touches of its process; tests bring their own. */
export interface Shell {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Aborts at the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** From here on a signal ends the process at once: for what computes without a pause and leaves nothing half done. */
  readonly endAtSignals?: () => void;
}

/** The reader of our output is gone (`adloom score | head`): no error, there is just nothing left to do. */
export class ReaderGone extends Error {}

/** What kept writing from arriving, by stream: the process's own streams forget it. */
const failures = new WeakMap<Writable, Error>();

function put(stream: Writable, text: string): boolean {
  return stream.write(text, (error) => void (error && failures.set(stream, error)));
}

/** Writes and waits until the reader has kept up: what is not read is not piled up. */
export async function write(stream: Writable, text: string, signal?: AbortSignal): Promise<void> {
  if (stream.destroyed || stream.errored || failures.has(stream)) throw outputFailure(stream) ?? new ReaderGone();
  if (put(stream, text)) return;
  const gone = new AbortController();
  const close = (): void => gone.abort();
  stream.once('close', close).once('error', close);
  signal?.addEventListener('abort', close, { once: true });
  try {
    await once(stream, 'drain', { signal: gone.signal });
  } catch (error) {
    if (!signal?.aborted) throw outputFailure(stream) ?? ((error as Error).name === 'AbortError' || failures.has(stream) ? new ReaderGone() : error);
  } finally {
    stream.off('close', close).off('error', close);
    signal?.removeEventListener('abort', close);
  }
}

export function line(stream: Writable, text: string): void {
  if (!stream.destroyed) put(stream, `${text}\n`);
}

/** Waits until all that was written has arrived. @throws DISK_FULL, or what else kept it from arriving; a reader that went away kept nothing */
export async function flush(stream: Writable): Promise<void> {
  await new Promise<void>((resolve) => void stream.write('', () => resolve()));
  const failure = outputFailure(stream);
  if (failure !== undefined) throw failure;
}

/** Why what was written did not arrive; undefined where it did, and where nobody wants it. */
function outputFailure(stream: Writable): unknown {
  const failure = failures.get(stream) as NodeJS.ErrnoException | undefined;
  // A stream that ended with its reader refuses what comes after.
  if (!failure || ['EPIPE', 'ERR_STREAM_DESTROYED'].includes(failure.code ?? '')) return undefined;
  if (failure.code !== 'ENOSPC' && failure.code !== 'EDQUOT') return failure;
  return new AdloomError('DISK_FULL', 'The disk is full; what standard output should have held is cut short.', { hint: 'Make room and run it again.', cause: failure });
}
