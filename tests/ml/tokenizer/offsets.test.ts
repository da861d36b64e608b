import fc from 'fast-check';
import { createBpeTokenizer } from '../../../src/ml/tokenizer/bpe';
import { formatTokenizerJson, parseTokenizerJson } from '../../../src/ml/tokenizer/tokenizer-json';
import { trainBpe } from '../../../src/ml/tokenizer/train-bpe';
import { hardTexts, LINES, SPECIALS } from './texts';

const parsed = parseTokenizerJson(formatTokenizerJson(trainBpe(LINES, { vocabularySize: 480, specialTokens: SPECIALS, minimumCount: 1 })));
const tokenizer = createBpeTokenizer(parsed);

/** What must hold of the places of any text's tokens. */
function expectPlaces(text: string, specials: 'recognise' | 'text'): void {
  const { ids, starts, ends } = tokenizer.encodeWithOffsets(text, { specials });
  expect(ids).toEqual(tokenizer.encode(text, { specials }));
  expect([starts.length, ends.length]).toEqual([ids.length, ids.length]);
  if (text === '') return;
  expect([starts[0], ends.at(-1)]).toEqual([0, text.length]);
  const misplaced = ids.flatMap((id, i) => {
    const [start, end, own] = [starts[i]!, ends[i]!, tokenizer.decode([id])];
    // Tokens touch, or share a character that they hold parts of; nothing lies between them.
    const follows = i === 0 || (start <= ends[i - 1]! && start >= starts[i - 1]!);
    // A token of whole characters stands exactly where its characters do.
    const holds = start < end && (own.includes('\ufffd') || text.slice(start, end) === own);
    return follows && holds ? [] : [{ id, start, end, own }];
  });
  expect(misplaced).toEqual([]);
}

describe('where tokens stand in their text', () => {
  it('is where their characters stand, for any text: together the tokens cover it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('recognise' as const, 'text' as const), expectPlaces),
      { numRuns: 500 },
    );
  });

  it.each([['ordinary lines', LINES], ['strings made to hurt, without lone surrogates', hardTexts(400, 5).filter((text) => !/\p{Surrogate}/u.test(text))]])('%s', (_, texts) => {
    for (const text of texts) for (const specials of ['recognise', 'text'] as const) expectPlaces(text, specials);
  });

  it('holds for lone surrogates too, which become U+FFFD', () => {
    const { starts, ends } = tokenizer.encodeWithOffsets('a\ud800b');
    expect([starts[0], ends.at(-1)]).toEqual([0, 3]);
    expect(tokenizer.encodeWithOffsets('a\ud800b').ids).toEqual(tokenizer.encode('a\ud800b'));
  });

  it('a space that the tokenizer puts before a text stands nowhere', () => {
    const spacing = createBpeTokenizer({ ...parsed, addPrefixSpace: true });
    const { ids, starts, ends } = spacing.encodeWithOffsets('rain<product>rain');
    expect(ids).toEqual(spacing.encode('rain<product>rain'));
    expect([Math.min(...starts), Math.max(...ends)]).toEqual([0, 17]);
    const product = ids.indexOf(spacing.tokenId('<product>')!);
    expect([starts[product], ends[product], starts[product + 1]]).toEqual([4, 13, 13]);
  });

  it('a vocabulary that lacks a character leaves it out and keeps the places of the others', () => {
    const few = createBpeTokenizer({ tokens: ['a', 'b', 'ab', 'Ġ'], merges: [['a', 'b']], specialTokens: [], addPrefixSpace: false, ignoreMerges: false });
    expect(few.encodeWithOffsets('éab ab')).toEqual({ ids: [2, 3, 2], starts: [1, 3, 4], ends: [3, 4, 6] });
    expect(few.encodeWithOffsets('aéb')).toEqual({ ids: [2], starts: [0], ends: [3] });
  });
});
