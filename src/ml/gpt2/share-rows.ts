/** Prefixes and their candidates as the inputs of `shared-prefix.ts`. */
import { badInput } from '../../base/errors';
import type { Feeds, TensorValue } from '../runtime/session';
import type { RankGroup } from './pack-rows';

/**
 * Candidates are numbered through, in the order of groups and texts.
 * @param limits positions of the model, and the number of tokens it knows
 * @throws BAD_INPUT where a group has no candidate, a candidate no token, a sequence no room, or an id no embedding
 */
export function sharedFeeds(groups: readonly RankGroup[], limits: { positions: number; vocabulary: number }): Feeds {
  groups.forEach((group) => checkGroup(group, limits));
  const R = groups.length;
  // A slot at least, for where all prefixes are empty.
  const P = Math.max(1, ...groups.map(({ prefix }) => prefix.length));
  const M = Math.max(...groups.map(({ texts }) => texts.length));
  const T = Math.max(...groups.flatMap(({ texts }) => texts.map((text) => text.length)));
  const K = groups.reduce((sum, { texts }) => sum + texts.length, 0);
  const N = groups.reduce((sum, { prefix, texts }) => texts.reduce((n, text) => n + text.length, sum + prefix.length), 0);

  const [ids, positions] = [new Int32Array(N), new Int32Array(N)];
  const [prefixSlots, prefixLengths] = [new BigInt64Array(R * P), new BigInt64Array(R)];
  // A place without a candidate looks at one token, so that its softmax has something to sum.
  const [textSlots, textLengths] = [new BigInt64Array(R * M * T), new BigInt64Array(R * M).fill(1n)];
  const [slotOf, ends] = [new BigInt64Array(N), new BigInt64Array(K)];
  const [places, placeOf] = [new BigInt64Array(R * M), new BigInt64Array(K)];

  let at = 0;
  const put = (tokens: ArrayLike<number>, from: number, slots: BigInt64Array, slot: number, offset: number): void => {
    for (let i = 0; i < tokens.length; i++, at++) {
      ids[at] = tokens[i]!;
      positions[at] = from + i;
      slots[slot + i] = BigInt(at);
      slotOf[at] = BigInt(offset + slot + i);
    }
  };
  groups.forEach(({ prefix }, r) => {
    put(prefix, 0, prefixSlots, r * P, 0);
    prefixLengths[r] = BigInt(prefix.length);
  });
  let k = 0;
  groups.forEach(({ prefix, texts }, r) =>
    texts.forEach((text, m) => {
      const place = r * M + m;
      put(text, prefix.length, textSlots, place * T, R * P);
      textLengths[place] = BigInt(text.length);
      ends[k] = BigInt(at - 1);
      places[place] = BigInt(k);
      placeOf[k++] = BigInt(place);
    }),
  );
  const index = (dims: number[], data: BigInt64Array): TensorValue => ({ dtype: 'int64', dims, data });
  return {
    ids: { dtype: 'int32', dims: [N], data: ids },
    positions: { dtype: 'int32', dims: [N], data: positions },
    prefix_slots: index([R, P], prefixSlots),
    text_slots: index([R, M, T], textSlots),
    slot_of: index([N], slotOf),
    prefix_lengths: index([R], prefixLengths),
    text_lengths: index([R, M], textLengths),
    ends: index([K], ends),
    places: index([R, M], places),
    place_of: index([K], placeOf),
  };
}

function checkGroup({ prefix, texts }: RankGroup, { positions, vocabulary }: { positions: number; vocabulary: number }): void {
  if (texts.length === 0) throw badInput('texts', 'A prefix needs at least one candidate.');
  for (const text of texts) {
    if (text.length === 0) throw badInput('text', 'A candidate needs at least one token.');
    if (prefix.length + text.length > positions) {
      throw badInput('text', `A prefix of ${prefix.length} and a candidate of ${text.length} tokens exceed the model's ${positions} positions.`, 'Shorten the text.');
    }
  }
  for (const tokens of [prefix, ...texts]) {
    for (let i = 0; i < tokens.length; i++) {
      const id = tokens[i]!;
      if (!Number.isInteger(id) || id < 0 || id >= vocabulary) {
        throw badInput('ids', `Token ${id} is not one of the model's ${vocabulary}.`, 'Use the tokenizer that was saved with the model.');
      }
    }
  }
}
