import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { AdloomError, messageOf } from '../../base/errors';

/** Rows that were not imported, one JSON object per line: line number in the input, and why. Made with the first of them. */
export class RejectsFile {
  count = 0;
  private stream: WriteStream | null = null;
  private failure: Error | null = null;

  constructor(readonly path: string) {}

  async add(rejects: readonly { line: number; reason: string }[]): Promise<void> {
    if (rejects.length === 0) return;
    if (this.stream === null) {
      this.stream = createWriteStream(this.path);
      this.stream.on('error', (error) => (this.failure = error));
    }
    this.count += rejects.length;
    const text = rejects.map(({ line, reason }) => `${JSON.stringify({ line, reason })}\n`).join('');
    if (!this.stream.write(text) && this.failure === null) await Promise.race([once(this.stream, 'drain'), once(this.stream, 'close')]);
    this.complain();
  }

  /** The path, or null when nothing was rejected. */
  async close(): Promise<string | null> {
    if (this.stream === null) return null;
    if (this.failure === null) {
      this.stream.end();
      await once(this.stream, 'close').catch(() => undefined);
    }
    this.complain();
    return this.path;
  }

  private complain(): void {
    if (this.failure === null) return;
    const full = (this.failure as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new AdloomError(full ? 'DISK_FULL' : 'BAD_INPUT', `The rejects file ${this.path} cannot be written: ${messageOf(this.failure)}.`, {
      field: 'rejects',
      hint: 'Name another file with --rejects.',
      cause: this.failure,
    });
  }
}
