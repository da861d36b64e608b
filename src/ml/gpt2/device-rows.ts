/**
 * Lays prefixes and their candidates out in rows of equal length, as `device-body.ts` reads them: several candidates in a row, where they fit.
 * Numbers only. Extents are rounded to few, since a device keeps its buffers by size.
 */
import type { Feeds } from '../runtime/session';
import type { Gpt2Config } from './config';
import { checkGroups, type PrefixGroup } from './shared-prefix-layout';

/** Lengths of rows: what the runtime's products for devices work on at once, and its multiples. */
const ROW_LENGTHS = [128, 256, 512, 1024];
/** Columns kept for a prefix, at least; more come in powers of two. */
const LEAST_COLUMNS = 64;
/** Cells that attention may look at for the price of all else that is done for a cell. */
const COLUMNS_PER_CELL = 500;
/** Candidates of a prefix below which it is cheaper to write it out before each of them. */
const LEAST_SHARED = 3;

/** Position of a column behind the end of its prefix: nobody has read so far. */
const BEHIND = 1 << 30;

/** Inputs of `device-body.ts`; candidates are numbered through, in the order of groups and texts. @throws BAD_INPUT as `layOutGroups` does */
export function rowFeeds(groups: readonly PrefixGroup[], config: Gpt2Config): Feeds {
  checkGroups(groups, config);
  const candidates = groups.reduce((sum, { texts }) => sum + texts.length, 0);
  const together = candidates < LEAST_SHARED * groups.length ? [writtenOut(groups)] : groups;
  const { length, placed, rows: used } = placeGroups(together);
  const rows = fewSizes(used);
  const columns = columnsFor(together);

  const [ids, positions, owners] = [new Int32Array(rows * length), new Int32Array(rows * length), new Int32Array(rows * length).fill(-1)];
  const rowGroups = new Int32Array(rows);
  const [prefixCells, prefixColumns] = [new Int32Array(together.length * columns), new Int32Array(together.length * columns).fill(BEHIND)];
  const ends = new Int32Array(candidates);
  const put = (tokens: ArrayLike<number>, cell: number, position: number, owner: number): void => {
    for (let i = 0; i < tokens.length; i++) {
      ids[cell + i] = tokens[i]!;
      positions[cell + i] = position + i;
      owners[cell + i] = owner;
    }
  };
  let [row, next] = [0, 0];
  together.forEach(({ prefix, texts }, g) => {
    const first = row * length;
    put(prefix, first, 0, 0);
    for (let i = 0; i < prefix.length; i++) {
      prefixCells[g * columns + i] = first + i;
      prefixColumns[g * columns + i] = i;
    }
    texts.forEach((text, i) => {
      const cell = first + placed[g]!.cells[i]!;
      put(text, cell, prefix.length, i + 1);
      ends[next++] = cell + text.length - 1;
    });
    rowGroups.fill(g, row, (row += placed[g]!.rows));
  });
  const int32 = (dims: number[], data: Int32Array): Feeds[string] => ({ dtype: 'int32', dims, data });
  return {
    ids: int32([rows, length], ids),
    positions: int32([rows, length], positions),
    owners: int32([rows, length], owners),
    groups: int32([rows], rowGroups),
    prefix_cells: int32([together.length, columns], prefixCells),
    prefix_columns: int32([together.length, columns], prefixColumns),
    ends: int32([candidates], ends),
  };
}

/** Prefixes that few candidates share, before each of them. */
function writtenOut(groups: readonly PrefixGroup[]): PrefixGroup {
  return { prefix: [], texts: groups.flatMap(({ prefix, texts }) => texts.map((text) => Int32Array.from([...Array.from(prefix), ...Array.from(text)]))) };
}

/** First cell of each candidate, and rows in all, the prefix's among them. */
interface Placed {
  cells: number[];
  rows: number;
}

/** First fit of the longest first. */
function placeGroup({ prefix, texts }: PrefixGroup, length: number): Placed {
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

/** In rows of the length that costs least of those that the longest candidate fits in. */
function placeGroups(groups: readonly PrefixGroup[]): { length: number; placed: Placed[]; rows: number } {
  const longest = groups.reduce((most, { texts }) => texts.reduce((max, text) => Math.max(max, text.length), most), 1);
  const columns = columnsFor(groups);
  const fitting = ROW_LENGTHS.filter((length) => length >= longest).slice(0, 2);
  // A model of more positions than the longest row reads one text in each.
  const ways = (fitting.length > 0 ? fitting : [longest]).map((length) => {
    const placed = groups.map((group) => placeGroup(group, length));
    const rows = placed.reduce((sum, group) => sum + group.rows, 0);
    return { length, placed, rows, cost: rows * length * (1 + (columns + length) / COLUMNS_PER_CELL) };
  });
  return ways.reduce((best, each) => (each.cost < best.cost ? each : best));
}

function columnsFor(groups: readonly PrefixGroup[]): number {
  const longest = groups.reduce((max, { prefix }) => Math.max(max, prefix.length), 1);
  return Math.max(LEAST_COLUMNS, 2 ** Math.ceil(Math.log2(longest)));
}

/** The next number of which there are eight between a power of two and the next. */
function fewSizes(n: number): number {
  const step = Math.max(1, 2 ** (Math.floor(Math.log2(n)) - 3));
  return Math.ceil(n / step) * step;
}
