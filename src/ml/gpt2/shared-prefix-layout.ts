/**
 * Lays prefixes and their candidates out for the shared-prefix graph: one stream of tokens (prefixes, then candidates), and for
 * attention, cells of like length that hold places in that stream. Numbers only; `shared-prefix-attention.ts` says what they mean.
 */
import { badInput } from '../../base/errors';
import { bucketLengths } from './bucket-lengths';

export interface PrefixGroup {
  /** Token ids that are to be computed; empty where all are cached, or there are none. */
  prefix: ArrayLike<number>;
  /** Token ids of each candidate; none empty. */
  texts: readonly ArrayLike<number>[];
}

export interface LayoutOptions {
  /** Of the graph. */
  buckets: number;
  positions: number;
  /** Tokens that the model knows; ids are refused from here on. */
  vocabulary: number;
  /** Tokens of every prefix that are cached, before those that are given. */
  cached?: number;
}

export interface IntTensor {
  dims: number[];
  data: Int32Array;
}

export interface SharedPrefixArrays {
  ids: IntTensor;
  positions: IntTensor;
  prefix: IntTensor;
  cells: IntTensor[];
  lasts: IntTensor[];
  restore: IntTensor;
  ends: IntTensor;
  restoreEnds: IntTensor;
}

/**
 * Candidates are numbered through, in the order of groups and texts: so are the scores.
 * @throws BAD_INPUT for a prefix without candidates, a candidate without tokens, one that is too long with its prefix, or an id outside the vocabulary
 */
export function layOutGroups(groups: readonly PrefixGroup[], options: LayoutOptions): SharedPrefixArrays {
  const { buckets, cached = 0 } = options;
  checkGroups(groups, options);
  const M = groups.reduce((sum, group) => sum + group.texts.length, 0);
  const N = groups.reduce((sum, group) => group.texts.reduce((tokens, text) => tokens + text.length, sum + group.prefix.length), 0);
  const G = groups.length;
  // A cell at least, of padding, where there is no prefix at all.
  const P = Math.max(cached > 0 ? 0 : 1, ...groups.map((group) => group.prefix.length));
  const [ids, positions, restore] = [tensor([N]), tensor([N]), tensor([N])];
  const [ends, restoreEnds] = [tensor([M]), tensor([M])];
  const prefix = tensor([G, P], -1);

  const extents = bucketsOf(groups, buckets);
  const cells = extents.map(([K, T]) => tensor([G, K, T], -1));
  const lasts = extents.map(([K]) => tensor([G, K], -1));
  // Where each bucket's cells begin behind those of the prefixes, and where its last tokens.
  const bases = runningSums(cells, G * P);
  const lastBases = runningSums(lasts, 0);

  let at = 0;
  const put = (tokens: ArrayLike<number>, from: number, cells: IntTensor, cell: number, base: number): void => {
    for (let i = 0; i < tokens.length; i++, at++) {
      ids.data[at] = tokens[i]!;
      positions.data[at] = from + i;
      restore.data[at] = base + cell + i;
      cells.data[cell + i] = at;
    }
  };
  groups.forEach((group, g) => put(group.prefix, cached, prefix, g * P, 0));
  let index = 0;
  groups.forEach((group, g) => {
    const used = extents.map(() => 0);
    for (const text of group.texts) {
      const b = extents.findIndex(([, T]) => text.length <= T);
      const [K, T] = extents[b]!;
      const place = g * K + used[b]!++;
      put(text, cached + group.prefix.length, cells[b]!, place * T, bases[b]!);
      lasts[b]!.data[place] = index;
      ends.data[index] = at - 1;
      restoreEnds.data[index++] = lastBases[b]! + place;
    }
  });
  return { ids, positions, prefix, cells, lasts, restore, ends, restoreEnds };
}

/** Extents [K, T] of each bucket. One prefix spreads its candidates over all; several share one, since each has a row in every bucket. */
function bucketsOf(groups: readonly PrefixGroup[], buckets: number): [number, number][] {
  const lengths = groups.map((group) => group.texts.map((text) => text.length));
  const bounds = bucketLengths(lengths.flat(), groups.length === 1 ? buckets : 1);
  const extents = bounds.map((T, b): [number, number] => {
    const inside = (list: readonly number[]): number => list.filter((n) => n <= T && (b === 0 || n > bounds[b - 1]!)).length;
    return [Math.max(...lengths.map(inside)), T];
  });
  // One cell of padding where a bucket is not needed: devices refuse to compute on nothing.
  while (extents.length < buckets) extents.push([1, 1]);
  return extents;
}

export function checkGroups(groups: readonly PrefixGroup[], { positions, vocabulary, cached = 0 }: Pick<LayoutOptions, 'positions' | 'vocabulary' | 'cached'>): void {
  const checkIds = (tokens: ArrayLike<number>): void => {
    for (let i = 0; i < tokens.length; i++) {
      const id = tokens[i]!;
      if (!(Number.isInteger(id) && id >= 0 && id < vocabulary)) {
        throw badInput('ids', `A token id must be a whole number from 0 to ${vocabulary - 1}, not ${id}.`, 'Tokenise with the tokenizer of this model.');
      }
    }
  };
  for (const { prefix, texts } of groups) {
    checkIds(prefix);
    if (texts.length === 0) throw badInput('texts', 'A prefix needs at least one candidate.');
    for (const text of texts) {
      if (text.length === 0) throw badInput('text', 'A candidate needs at least one token.');
      const length = cached + prefix.length;
      if (length + text.length > positions) {
        throw badInput('text', `A prefix of ${length} and a candidate of ${text.length} tokens exceed the model's ${positions} positions.`, 'Shorten the text.');
      }
      checkIds(text);
    }
  }
}

function runningSums(tensors: readonly IntTensor[], from: number): number[] {
  let sum = from;
  return tensors.map(({ data }) => (sum += data.length) - data.length);
}

function tensor(dims: number[], fill = 0): IntTensor {
  const data = new Int32Array(dims.reduce((a, b) => a * b, 1));
  return { dims, data: fill === 0 ? data : data.fill(fill) };
}
