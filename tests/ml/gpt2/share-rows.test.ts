import fc from 'fast-check';
import { sharedFeeds } from '../../../src/ml/gpt2/share-rows';
import type { RankGroup } from '../../../src/ml/gpt2/pack-rows';
import type { Feeds } from '../../../src/ml/runtime/session';

const LIMITS = { positions: 64, vocabulary: 501 };
const ids = (minLength: number): fc.Arbitrary<number[]> => fc.array(fc.nat(500), { minLength, maxLength: 9 });
const groups = fc.array(fc.record({ prefix: ids(0), texts: fc.array(ids(1), { minLength: 1, maxLength: 6 }) }), { minLength: 1, maxLength: 6 });
const list = (feeds: Feeds, name: string): number[] => Array.from(feeds[name]!.data as BigInt64Array, Number);

describe('lists of tokens behind shared prefixes', () => {
  it('hold every prefix once, every candidate behind it, and no padding', () => {
    fc.assert(
      fc.property(groups, (given: RankGroup[]) => {
        const feeds = sharedFeeds(given, LIMITS);
        const prefixes = given.flatMap(({ prefix }) => Array.from(prefix));
        const texts = given.flatMap((g) => g.texts.flatMap((text) => Array.from(text)));
        expect([...(feeds.ids!.data as Int32Array)]).toEqual([...prefixes, ...texts]);
        const positions = [
          ...given.flatMap(({ prefix }) => Array.from(prefix, (_, i) => i)),
          ...given.flatMap((g) => g.texts.flatMap((text) => Array.from(text, (_, i) => g.prefix.length + i))),
        ];
        expect([...(feeds.positions!.data as Int32Array)]).toEqual(positions);
      }),
    );
  });

  it('put every token into its slot and read it back from there', () => {
    fc.assert(
      fc.property(groups, (given: RankGroup[]) => {
        const feeds = sharedFeeds(given, LIMITS);
        const [, M, T] = feeds.text_slots!.dims as [number, number, number];
        const P = feeds.prefix_slots!.dims[1]!;
        const slots = [...list(feeds, 'prefix_slots'), ...list(feeds, 'text_slots')];
        expect(list(feeds, 'slot_of').map((slot) => slots[slot])).toEqual(Array.from({ length: feeds.ids!.data.length }, (_, i) => i));
        const tokens = feeds.ids!.data as Int32Array;
        given.forEach(({ prefix, texts }, r) => {
          expect(slots.slice(r * P, r * P + prefix.length).map((i) => tokens[i])).toEqual(Array.from(prefix));
          texts.forEach((text, m) => {
            const from = given.length * P + (r * M + m) * T;
            expect(slots.slice(from, from + text.length).map((i) => tokens[i])).toEqual(Array.from(text));
          });
        });
      }),
    );
  });

  it('find the last token of each candidate, in the order asked', () => {
    fc.assert(
      fc.property(groups, (given: RankGroup[]) => {
        const feeds = sharedFeeds(given, LIMITS);
        const tokens = feeds.ids!.data as Int32Array;
        expect(list(feeds, 'ends').map((i) => tokens[i])).toEqual(given.flatMap(({ texts }) => texts.map((text) => text[text.length - 1])));
        const places = list(feeds, 'places');
        expect(list(feeds, 'place_of').map((place) => places[place])).toEqual(list(feeds, 'ends').map((_, k) => k));
        expect(list(feeds, 'place_of').map((place) => list(feeds, 'text_lengths')[place])).toEqual(given.flatMap(({ texts }) => texts.map((text) => text.length)));
      }),
    );
  });

  it.each<[string, RankGroup, string]>([
    ['a prefix without candidates', { prefix: [1], texts: [] }, 'A prefix needs at least one candidate.'],
    ['a candidate without tokens', { prefix: [1], texts: [[]] }, 'A candidate needs at least one token.'],
    ['a candidate beyond the last position', { prefix: Array(60).fill(1) as number[], texts: [[1, 2, 3, 4, 5]] }, "A prefix of 60 and a candidate of 5 tokens exceed the model's 64 positions."],
    ['an id that the model does not know', { prefix: [1], texts: [[2, 501]] }, "Token 501 is not one of the model's 501."],
    ['a negative id', { prefix: [-1], texts: [[2]] }, "Token -1 is not one of the model's 501."],
  ])('refuse %s', (_, group, message) => {
    expect(() => sharedFeeds([group], LIMITS)).toThrow(expect.objectContaining({ code: 'BAD_INPUT', message }));
  });
});
