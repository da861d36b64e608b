/** Turns prefixes and their candidates into the packed rows that the ranker reads (see `segments.ts`). */
import { badInput } from '../../base/errors';

export interface RankGroup {
  /** Token ids; may be empty. */
  prefix: ArrayLike<number>;
  /** Token ids of each candidate; none empty. */
  texts: readonly ArrayLike<number>[];
}

export interface PackedRows {
  rows: number;
  /** Extent of every row; shorter ones are padded. */
  length: number;
  ids: Int32Array;
  segments: Int32Array;
  positions: Int32Array;
  /** For each candidate, in the order of groups and texts: the flat index of its last token. */
  ends: BigInt64Array;
}

interface Row {
  prefix: ArrayLike<number>;
  texts: { ids: ArrayLike<number>; index: number }[];
  length: number;
}

/**
 * @param budget the length from which on a row takes no further candidate
 * @throws BAD_INPUT where a candidate with its prefix is longer than `positions`
 */
export function packRows(groups: readonly RankGroup[], { budget, positions }: { budget: number; positions: number }): PackedRows {
  const rows: Row[] = [];
  let count = 0;
  for (const { prefix, texts } of groups) {
    let row: Row | undefined;
    for (const ids of texts) {
      if (ids.length === 0) throw badInput('text', 'A candidate needs at least one token.');
      if (prefix.length + ids.length > positions) {
        throw badInput('text', `A prefix of ${prefix.length} and a candidate of ${ids.length} tokens exceed the model's ${positions} positions.`, 'Shorten the text.');
      }
      if (!row || row.length + ids.length > budget) {
        row = { prefix, texts: [], length: prefix.length };
        rows.push(row);
      }
      row.texts.push({ ids, index: count++ });
      row.length += ids.length;
    }
  }
  return fillRows(rows, count);
}

function fillRows(rows: readonly Row[], count: number): PackedRows {
  const length = Math.max(1, ...rows.map((row) => row.length));
  const size = rows.length * length;
  const packed: PackedRows = {
    rows: rows.length,
    length,
    ids: new Int32Array(size),
    segments: new Int32Array(size).fill(-1),
    positions: new Int32Array(size),
    ends: new BigInt64Array(count),
  };
  rows.forEach((row, r) => {
    let at = r * length;
    const put = (ids: ArrayLike<number>, segment: number, from: number): void => {
      for (let i = 0; i < ids.length; i++, at++) {
        packed.ids[at] = ids[i]!;
        packed.segments[at] = segment;
        packed.positions[at] = from + i;
      }
    };
    put(row.prefix, 0, 0);
    row.texts.forEach(({ ids, index }, t) => {
      put(ids, t + 1, row.prefix.length);
      packed.ends[index] = BigInt(at - 1);
    });
  });
  return packed;
}
