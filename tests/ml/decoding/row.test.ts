import fc from 'fast-check';
import { fold } from '../../../src/ml/decoding/row';
import { graphemes } from '../../../src/ml/decoding/token-table';
import { filled, graphemesOf, idOf, rowOf, table, TOKENS, write } from './written';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const temperatures = fc.constantFrom(0, 0.3, 1, 3);

/** Whether a text says a word or phrase as whole words, whatever its accents and case; what marks part is no phrase. */
const says = (text: string, phrase: string): boolean => new RegExp(`(?<![\\p{L}\\p{N}])${fold(phrase)}(?![\\p{L}\\p{N}])`, 'u').test(fold(text));

describe('a row of written text', () => {
  it('is never longer than allowed, its placeholders filled', () => {
    const fills = fc.record({ '<product>': fc.string({ unit: 'grapheme', maxLength: 12 }), '<offer>': fc.string({ unit: 'grapheme', maxLength: 12 }) });
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), fills, temperatures, (seed, maxGraphemes, placeholders, temperature) => {
        const { text } = write(seed, { maxGraphemes, placeholders }, { temperature, topP: 0.95 });
        // Text that fills a slot may open with a mark that joins the letter before it; joining only shortens.
        expect(graphemesOf(filled(text, placeholders))).toBeLessThanOrEqual(maxGraphemes);
      }),
      { numRuns: 200 },
    );
  });

  it('holds no digit, percent or currency sign of its own, unless it may', () => {
    fc.assert(fc.property(seeds, temperatures, (seed, temperature) => expect(write(seed, {}, { temperature, topP: 1 }).text).not.toMatch(/[\p{N}%£]/u)), { numRuns: 200 });
    expect(rowOf([' the'], { allowDigits: true }).allows(idOf(' 4'))).toBe(true);
  });

  it('holds each placeholder at most once, and only those on offer', () => {
    const offers = fc.subarray(['<product>', '<offer>']);
    fc.assert(
      fc.property(seeds, offers, (seed, offered) => {
        const { text } = write(seed, { placeholders: Object.fromEntries(offered.map((name) => [name, 'x'])) });
        const found = text.match(/<[a-z]+>/g) ?? [];
        expect(new Set(found).size).toBe(found.length);
        expect(offered).toEqual(expect.arrayContaining(found));
      }),
      { numRuns: 200 },
    );
  });

  it('never holds a banned word, however it is pieced together and wherever it ends', () => {
    const banned = fc.subarray(['best', 'mud', 'FREE', 'be', 'é', 'naive', 'the trail', 'risk', 'bestow', 'run of the'], { minLength: 1 });
    fc.assert(
      fc.property(seeds, banned, fc.integer({ min: 3, max: 40 }), fc.integer({ min: 1, max: 12 }), temperatures, (seed, bannedWords, maxGraphemes, most, temperature) => {
        const { text } = write(seed, { bannedWords, maxGraphemes, placeholders: {} }, { temperature, topP: 1 }, most);
        for (const word of bannedWords) expect([text, says(text, word)]).toEqual([text, false]);
      }),
      { numRuns: 400 },
    );
  });

  it('may hold a banned word inside a longer one', () => {
    const row = rowOf([' be', 'st'], { bannedWords: ['best'] });
    expect(row.allows(idOf('ow'))).toBe(true);
    expect(row.allows(idOf('.'))).toBe(false);
    expect(row.allows(idOf(' of'))).toBe(false);
    expect(row.allows(idOf('<end>'))).toBe(false);
  });

  it('does not take the name of a placeholder for a word', () => {
    const row = rowOf([' the', ' '], { bannedWords: ['offer'] });
    expect(row.allows(idOf('<offer>'))).toBe(true);
    row.push(idOf('<offer>'));
    expect(row.allows(idOf('.'))).toBe(true);
    expect(row.allows(idOf('<end>'))).toBe(true);
  });

  it('lets no letter touch a placeholder, and no placeholder another', () => {
    expect(rowOf([' the']).allows(idOf('<product>'))).toBe(false);
    expect(rowOf([' the', ' ']).allows(idOf('<product>'))).toBe(true);
    const after = rowOf(['<product>']);
    expect(after.allows(idOf('s'))).toBe(false);
    expect(after.allows(idOf('<offer>'))).toBe(false);
    expect(after.allows(idOf(','))).toBe(true);
    expect(after.allows(idOf("'"))).toBe(true);
  });

  it('never says the same word twice in a row, nor the same three tokens twice', () => {
    expect(rowOf([' mud']).allows(idOf(' Mud'))).toBe(false);
    expect(rowOf([' the', ' trail', ' is', ' part', ' of', ' the', ' trail']).allows(idOf(' is'))).toBe(false);
    expect(rowOf([' the', ' trail', ' is', ' part', ' of', ' the', ' trail']).allows(idOf(' run'))).toBe(true);
  });

  it('never ends before it has begun', () => {
    expect(rowOf([]).allows(idOf('<end>'))).toBe(false);
    expect(rowOf([]).allows(idOf(' '))).toBe(false);
    expect(rowOf([' mud']).allows(idOf('<end>'))).toBe(true);
  });
});

describe('the table of tokens', () => {
  const forbidden = TOKENS.filter((_, id) => table.forbidden[id] === 1);

  it('keeps markup, emoji, broken bytes and markers unwritten', () => {
    expect(forbidden).toEqual(['<|copy|>', '\ufffd', '😀', '<b>']);
  });

  it('takes the end and line breaks for ends', () => {
    expect(TOKENS.filter((_, id) => table.ends[id] === 1)).toEqual(['<end>', '\n']);
    const row = rowOf([' mud']);
    row.push(idOf('\n'));
    expect([row.done, row.text]).toEqual([true, ' mud']);
  });

  it('knows placeholders by their special tokens alone', () => {
    expect([...table.placeholders.values()]).toEqual(['<product>', '<offer>']);
  });

  it('counts user-perceived characters as the segmenter does', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string()), (text) => expect(graphemes(text)).toBe(graphemesOf(text))));
  });
});
