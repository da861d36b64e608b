import fc from 'fast-check';
import { bucketLengths } from '../../../src/ml/gpt2/bucket-lengths';
import { layOutGroups, type PrefixGroup } from '../../../src/ml/gpt2/shared-prefix-layout';

const ids = (minLength: number): fc.Arbitrary<number[]> => fc.array(fc.nat(500), { minLength, maxLength: 9 });
const groups = fc.array(fc.record({ prefix: ids(0), texts: fc.array(ids(1), { minLength: 1, maxLength: 6 }) }), { minLength: 1, maxLength: 5 });
const MODEL = { positions: 64, vocabulary: 501 };

describe('prefixes and candidates laid out for one run', () => {
  it('are a stream that holds every token once, at the position it would have alone, and cells that lead back to it', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 4 }), fc.nat(9), (given: PrefixGroup[], buckets, cached) => {
        const out = layOutGroups(given, { ...MODEL, buckets, cached });
        const tokens = given.reduce((sum, g) => g.texts.reduce((n, t) => n + t.length, sum + g.prefix.length), 0);
        expect(out.ids.dims).toEqual([tokens]);
        const cells = [out.prefix, ...out.cells].flatMap((t) => Array.from(t.data));
        // Every token stands in one cell, and `restore` finds it there.
        expect(cells.filter((place) => place >= 0).sort((a, b) => a - b)).toEqual(Array.from({ length: tokens }, (_, i) => i));
        out.restore.data.forEach((cell, place) => expect(cells[cell]).toBe(place));

        const lasts = out.lasts.flatMap((t) => Array.from(t.data));
        let candidate = 0;
        given.forEach((group, g) => {
          const P = out.prefix.dims[1]!;
          const own = Array.from(out.prefix.data.slice(g * P, (g + 1) * P)).filter((place) => place >= 0);
          expect(own.map((place) => [out.ids.data[place], out.positions.data[place]])).toEqual(Array.from(group.prefix, (id, i) => [id, cached + i]));
          for (const text of group.texts) {
            const slot = out.restoreEnds.data[candidate]!;
            expect(lasts[slot]).toBe(candidate);
            const row = rowOfSlot(out, slot);
            expect(row.group).toBe(g);
            expect(row.places.map((place) => [out.ids.data[place], out.positions.data[place]])).toEqual(
              Array.from(text, (id, i) => [id, cached + group.prefix.length + i]),
            );
            expect(out.ends.data[candidate++]).toBe(row.places.at(-1));
          }
        });
      }),
    );
  });

  it('pad the candidates of one prefix little: fewer cells with every bucket', () => {
    const texts = [...Array.from({ length: 50 }, () => 6), ...Array.from({ length: 30 }, () => 18), 40].map((n) => Array.from({ length: n }, () => 1));
    const cells = [1, 2, 3].map((buckets) => layOutGroups([{ prefix: [1], texts }], { ...MODEL, buckets }).cells.reduce((sum, t) => sum + t.data.length, 0));
    expect(cells).toEqual([81 * 40, 80 * 18 + 40, 50 * 6 + 30 * 18 + 40]);
  });

  it('refuse what no model can read, and say why', () => {
    const lay = (group: PrefixGroup, cached = 0) => () => layOutGroups([group], { ...MODEL, buckets: 1, cached });
    expect(lay({ prefix: [1], texts: [[]] })).toThrow('A candidate needs at least one token.');
    expect(lay({ prefix: [1], texts: [] })).toThrow('A prefix needs at least one candidate.');
    expect(lay({ prefix: [1, 2, 3], texts: [[1, 2]] }, 60)).toThrow('A prefix of 63 and a candidate of 2 tokens exceed the model\'s 64 positions.');
    for (const id of [501, -1, 1.5, NaN]) {
      const refusal = expect.objectContaining({ code: 'BAD_INPUT', message: `A token id must be a whole number from 0 to 500, not ${id}.` });
      expect(lay({ prefix: [id], texts: [[1]] })).toThrow(refusal);
      expect(lay({ prefix: [1], texts: [[2], [2, id]] })).toThrow(refusal);
    }
  });
});

/** The cells of the candidate whose last token stands in a slot. */
function rowOfSlot(out: ReturnType<typeof layOutGroups>, slot: number): { group: number; places: number[] } {
  let b = 0;
  while (slot >= out.lasts[b]!.data.length) slot -= out.lasts[b++]!.data.length;
  const [, K, T] = out.cells[b]!.dims as [number, number, number];
  return { group: Math.floor(slot / K), places: Array.from(out.cells[b]!.data.slice(slot * T, (slot + 1) * T)).filter((place) => place >= 0) };
}

describe('the lengths of buckets', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 9 });
  const cellsOf = (list: readonly number[], bounds: readonly number[]): number => list.reduce((sum, n) => sum + bounds.find((bound) => n <= bound)!, 0);
  const subsets = (list: readonly number[]): number[][] => list.reduce<number[][]>((all, n) => [...all, ...all.map((s) => [...s, n])], [[]]);

  it('pad least of all choices', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 4 }), (list, buckets) => {
        const bounds = bucketLengths(list, buckets);
        const distinct = [...new Set(list)].sort((a, b) => a - b);
        expect(bounds.length).toBeLessThanOrEqual(buckets);
        expect(bounds.at(-1)).toBe(distinct.at(-1));
        const choices = subsets(distinct.slice(0, -1)).filter((s) => s.length < buckets).map((s) => [...s, distinct.at(-1)!]);
        expect(cellsOf(list, bounds)).toBe(Math.min(...choices.map((choice) => cellsOf(list, choice))));
      }),
    );
  });

  it('are one where there is nothing to pad', () => {
    expect(bucketLengths([], 3)).toEqual([1]);
  });
});
