import type { Feeds } from '../runtime/session';

/** Of the buffers that a run leaves behind, in numbers for each channel of each cell: what some fifteen operators in flight make and free. */
const NUMBERS_PER_CHANNEL = 64;
const BYTES_PER_NUMBER = 4;

/**
 * What a device keeps for the runs that it has seen, about: the buffers of each shape once more. Nothing gives one back but the end of the
 * session, so that whoever asks opens it anew when the bound is passed.
 */
export class DeviceBuffers {
  private readonly seen = new Set<string>();
  private bytes = 0;

  /** @param limit in bytes; one shape always has room */
  constructor(
    private readonly channels: number,
    private readonly limit: number,
  ) {}

  /** Whether there is room for a run: of a shape that was seen, or of one more. */
  takes(feeds: Feeds): boolean {
    const shape = Object.values(feeds).map(({ dims }) => dims.join()).join(' ');
    if (this.seen.has(shape)) return true;
    const bytes = feeds.ids!.data.length * this.channels * NUMBERS_PER_CHANNEL * BYTES_PER_NUMBER;
    if (this.seen.size > 0 && this.bytes + bytes > this.limit) return false;
    this.bytes += bytes;
    this.seen.add(shape);
    return true;
  }
}
