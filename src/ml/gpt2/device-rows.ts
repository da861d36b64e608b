/**
 * Lays prefixes and their candidates out in rows of equal length, as `device-body.ts` reads them: several candidates in a row, where they fit.
 * Numbers only. Extents are rounded to few, since a device keeps its buffers by size.
 */
import type { Feeds } from '../runtime/session';
import type { Gpt2Config } from './config';
import { checkGroups, type PrefixGroup } from './shared-prefix-layout';

/** Lengths of rows to choose from: the runtime's attention for devices begins at 32, and a step is an eighth of the length or more. */
const ROW_LENGTHS = [48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024];
/** Columns kept for prefixes come in multiples of this. */
const PREFIX_STEP = 64;
/** Cells that attention may look at for the price of all else that is done for a cell. */
const COLUMNS_PER_CELL = 500;
/** Candidates of a prefix below which it is cheaper to write it out before each of them. */
const LEAST_SHARED = 3;

/** Inputs of `device-body.ts`; candidates are numbered through, in the order of groups and texts. @throws BAD_INPUT as `layOutGroups` does */
export function rowFeeds(groups: readonly PrefixGroup[], config: Gpt2Config): Feeds {
  checkGroups(groups, config);
  const candidates = groups.reduce((sum, { texts }) => sum + texts.length, 0);
  const together = candidates < LEAST_SHARED * groups.length ? [writtenOut(groups)] : groups;
  const length = rowLength(together, config.positions);
  const placed = together.map((group) => placeGroup(group, length));
  const rows = fewSizes(Math.max(...placed.map((group) => group.rows)));
  const columns = columnsFor(together, rows * length);

  const dims = [together.length, rows, length];
  const [ids, positions] = [new Int32Array(dims[0]! * rows * length), new Int32Array(dims[0]! * rows * length)];
  const owners = new Int32Array(ids.length).fill(-1);
  const ends = new Int32Array(candidates);
  let next = 0;
  together.forEach(({ prefix, texts }, g) => {
    const base = g * rows * length;
    const put = (tokens: ArrayLike<number>, cell: number, position: number, owner: number): void => {
      for (let i = 0; i < tokens.length; i++) {
        ids[base + cell + i] = tokens[i]!;
        positions[base + cell + i] = position + i;
        owners[base + cell + i] = owner;
      }
    };
    put(prefix, 0, 0, 0);
    texts.forEach((text, i) => {
      const cell = placed[g]!.cells[i]!;
      put(text, cell, prefix.length, i + 1);
      ends[next++] = base + cell + text.length - 1;
    });
  });
  const int32 = (extents: number[], data: Int32Array): Feeds[string] => ({ dtype: 'int32', dims: extents, data });
  return {
    ids: int32(dims, ids),
    positions: int32(dims, positions),
    owners: int32(dims, owners),
    prefix_lengths: int32([together.length], Int32Array.from(together, ({ prefix }) => prefix.length)),
    columns: int32([columns], Int32Array.from({ length: columns }, (_, i) => i)),
    ends: int32([candidates], ends),
  };
}

/** Prefixes that few candidates share, before each of them. */
function writtenOut(groups: readonly PrefixGroup[]): PrefixGroup {
  return { prefix: [], texts: groups.flatMap(({ prefix, texts }) => texts.map((text) => Int32Array.from([...Array.from(prefix), ...Array.from(text)]))) };
}

/** First cell of each candidate, and rows in all, the prefix's among them. First fit of the longest first. */
function placeGroup({ prefix, texts }: PrefixGroup, length: number): { cells: number[]; rows: number } {
  const first = Math.ceil(prefix.length / length);
  const used: number[] = [];
  const cells: number[] = [];
  const order = Array.from(texts.keys()).sort((a, b) => texts[b]!.length - texts[a]!.length || a - b);
  // Rows before it have no room for the shortest text, let alone for a longer one.
  const shortest = texts[order.at(-1)!]!.length;
  let open = 0;
  for (const i of order) {
    const size = texts[i]!.length;
    let row = open;
    while (row < used.length && used[row]! + size > length) row++;
    cells[i] = (first + row) * length + (used[row] ?? 0);
    used[row] = (used[row] ?? 0) + size;
    while (open < used.length && used[open]! + shortest > length) open++;
  }
  return { cells, rows: first + used.length };
}

/** The length that costs least of those that the longest candidate fits in. */
function rowLength(groups: readonly PrefixGroup[], positions: number): number {
  const longest = groups.reduce((most, { texts }) => texts.reduce((max, text) => Math.max(max, text.length), most), 1);
  const prefix = groups.reduce((most, group) => Math.max(most, group.prefix.length), 1);
  const fitting = [...ROW_LENGTHS, positions].filter((length) => length >= longest).slice(0, 4);
  const cost = (length: number): number => groups.reduce((sum, group) => sum + placeGroup(group, length).rows, 0) * length * (1 + (prefix + length) / COLUMNS_PER_CELL);
  return fitting.map((length) => ({ length, cost: cost(length) })).reduce((best, each) => (each.cost < best.cost ? each : best)).length;
}

function columnsFor(groups: readonly PrefixGroup[], most: number): number {
  const longest = groups.reduce((max, { prefix }) => Math.max(max, prefix.length), 1);
  return Math.min(most, Math.ceil(longest / PREFIX_STEP) * PREFIX_STEP);
}

/** The next number of which there are eight between a power of two and the next. */
function fewSizes(n: number): number {
  const step = Math.max(1, 2 ** (Math.floor(Math.log2(n)) - 3));
  return Math.ceil(n / step) * step;
}
