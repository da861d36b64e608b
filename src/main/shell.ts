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

/** Writes and waits until the reader has kept up: what is not read is not piled up. */
export async function write(stream: Writable, text: string, signal?: AbortSignal): Promise<void> {
  if (stream.destroyed || stream.errored) throw new ReaderGone();
  if (stream.write(text)) return;
  const gone = new AbortController();
  const close = (): void => gone.abort();
  stream.once('close', close).once('error', close);
  signal?.addEventListener('abort', close, { once: true });
  try {
    await once(stream, 'drain', { signal: gone.signal });
  } catch (error) {
    if (!signal?.aborted) throw stream.errored && (stream.errored as NodeJS.ErrnoException).code !== 'EPIPE' ? stream.errored : error instanceof Error && error.name === 'AbortError' ? new ReaderGone() : error;
  } finally {
    stream.off('close', close).off('error', close);
    signal?.removeEventListener('abort', close);
  }
}

export function line(stream: Writable, text: string): void {
  if (!stream.destroyed) stream.write(`${text}\n`);
}
