import type { Feeds } from '../runtime/session';

/** Of the buffers that a run leaves behind, in numbers for each channel of each cell: those of its length, and those of its attention. */
const NUMBERS_PER_CELL = 48;
const NUMBERS_PER_COLUMN = 4;
const BYTES_PER_NUMBER = 4;

/**
 * What a device keeps for the runs that it has seen, about: the buffers of each size once more. Nothing gives one back but the end of the
 * session, so that whoever asks opens it anew when the bound is passed.
 */
export class DeviceBuffers {
  private readonly seen = new Set<string>();
  private bytes = 0;

  /** @param limit in bytes; one run always has room */
  constructor(
    private readonly channels: number,
    private readonly limit: number,
  ) {}

  /** Whether there is room for a run of rows (`../gpt2/device-rows.ts`): of sizes that were seen, or of some more. */
  takes({ ids, prefix_columns: prefix }: Feeds): boolean {
    const [rows, length, columns] = [ids!.dims[0]!, ids!.dims[1]!, prefix!.dims[1]!];
    const cells = rows * length;
    const numbers: readonly [string, number][] = [
      [`${cells}`, cells * NUMBERS_PER_CELL],
      [`${rows} ${length} ${columns}`, rows * (2 * columns + length) * NUMBERS_PER_COLUMN],
    ];
    const unseen = numbers.filter(([size]) => !this.seen.has(size));
    const bytes = unseen.reduce((sum, [, count]) => sum + count, 0) * this.channels * BYTES_PER_NUMBER;
    if (bytes > 0 && this.seen.size > 0 && this.bytes + bytes > this.limit) return false;
    this.bytes += bytes;
    for (const [size] of unseen) this.seen.add(size);
    return true;
  }
}
