import fc from 'fast-check';
import { packRows, type RankGroup } from '../../../src/ml/gpt2/pack-rows';

const ids = (minLength: number): fc.Arbitrary<number[]> => fc.array(fc.nat(500), { minLength, maxLength: 9 });
const groups = fc.array(fc.record({ prefix: ids(0), texts: fc.array(ids(1), { minLength: 1, maxLength: 6 }) }), { minLength: 1, maxLength: 6 });

/** What a candidate sees: the tokens of its row that are its prefix or its own, with their positions. */
function seenBy(packed: ReturnType<typeof packRows>, candidate: number): { ids: number[]; positions: number[] } {
  const end = Number(packed.ends[candidate]);
  const start = end - (end % packed.length);
  const mine = packed.segments[end]!;
  const visible = Array.from({ length: end - start + 1 }, (_, i) => start + i).filter((i) => packed.segments[i] === 0 || packed.segments[i] === mine);
  return { ids: visible.map((i) => packed.ids[i]!), positions: visible.map((i) => packed.positions[i]!) };
}

describe('packed rows', () => {
  it('show every candidate its prefix and itself, at the positions it would have alone', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 60 }), (given: RankGroup[], budget) => {
        const packed = packRows(given, { budget, positions: 64 });
        const alone = given.flatMap(({ prefix, texts }) => texts.map((text) => [...Array.from(prefix), ...Array.from(text)]));
        expect(packed.ends).toHaveLength(alone.length);
        alone.forEach((whole, candidate) => {
          expect(seenBy(packed, candidate)).toEqual({ ids: whole, positions: whole.map((_, i) => i) });
        });
      }),
    );
  });

  it('take no further candidate into a row that is full', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 60 }), (given, budget) => {
        const packed = packRows(given, { budget, positions: 64 });
        const longest = Math.max(...given.flatMap(({ prefix, texts }) => texts.map((text) => prefix.length + text.length)));
        expect(packed.length).toBeLessThanOrEqual(Math.max(budget, longest));
        expect(packed.ids).toHaveLength(packed.rows * packed.length);
      }),
    );
  });

  it('compute a shared prefix once where all its candidates fit', () => {
    const packed = packRows([{ prefix: [1, 2, 3], texts: [[4], [5, 6], [7]] }], { budget: 32, positions: 16 });
    expect([packed.rows, packed.length]).toEqual([1, 7]);
    expect([...packed.segments]).toEqual([0, 0, 0, 1, 2, 2, 3]);
    expect([...packed.positions]).toEqual([0, 1, 2, 3, 3, 4, 3]);
  });

  it('refuse a candidate without tokens, and one beyond the last position', () => {
    expect(() => packRows([{ prefix: [1], texts: [[]] }], { budget: 8, positions: 8 })).toThrow('A candidate needs at least one token.');
    expect(() => packRows([{ prefix: [1, 2, 3, 4, 5], texts: [[1, 2, 3, 4]] }], { budget: 8, positions: 8 })).toThrow(
      "A prefix of 5 and a candidate of 4 tokens exceed the model's 8 positions.",
    );
  });
});
