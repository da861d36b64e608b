import * as fc from 'fast-check';
import { findPhrase } from '../../../src/domain/guard/phrases';

/** Other ways to draw a letter: Cyrillic, Greek, full-width, mathematical. */
const DRAWN: Readonly<Record<string, readonly string[]>> = {
  a: ['а', 'α', 'ａ', '𝐚', 'А', 'Α'], c: ['с', 'С', 'ｃ', '𝓬'], e: ['е', 'Е', 'Ε', 'ｅ', 'ё'], h: ['һ', 'Н', 'ｈ', '𝗁'], i: ['і', 'ι', 'І', 'ί'], k: ['к', 'κ', 'К'],
  o: ['о', 'ο', 'Ο', '𝐨', '𝛐'], p: ['р', 'ρ', 'Р', 'ｐ'], s: ['ѕ', 'Ѕ', 'ｓ'], t: ['Т', 'Τ', 'ｔ'], x: ['х', 'χ', 'Х'], y: ['у', 'У', 'γ', 'Υ'], w: ['ԝ', 'ω', 'ｗ'],
};
const LETTERS = Object.keys(DRAWN);
const word = (letters: readonly string[] | string): fc.Arbitrary<string> => fc.array(fc.constantFrom(...letters), { minLength: 2, maxLength: 8 }).map((of) => of.join(''));
/** A word, and the same with some letters drawn otherwise. */
const disguised = fc.array(fc.constantFrom(...LETTERS).chain((letter) => fc.tuple(fc.constant(letter), fc.constantFrom(letter, ...DRAWN[letter]!))), { minLength: 2, maxLength: 8 })
  .map((pairs) => ({ plain: pairs.map(([letter]) => letter).join(''), drawn: pairs.map(([, drawn]) => drawn).join('') }));
const found = (text: string, phrase: string): string[] => findPhrase(text, phrase).map(({ start, end }) => text.slice(start, end));

describe('a banned phrase in letters that only look like its own', () => {
  test.each(['сheap', 'сһеар', 'СНЕАР', 'ｃｈｅａｐ', '𝐜𝐡𝐞𝐚𝐩', 'сhe\u200bар', 'c\u0301һeαp'])('is found: %s', (drawn) => {
    expect(found(`So ${drawn} it is`, 'cheap')).toEqual([drawn]);
  });

  test('is found however its letters are mixed, and where it stands', () => {
    fc.assert(
      fc.property(disguised, disguised, fc.constantFrom('', 'Run, ', 'Ünder £5: '), fc.constantFrom('', '!', ' now'), ({ plain: a, drawn: x }, { plain: b, drawn: y }, before, after) => {
        expect(found(`${before}${x} ${y}${after}`, `${a} ${b}`)).toContain(`${x} ${y}`);
      }),
    );
  });
});

describe('honest copy in Cyrillic or Greek', () => {
  const honest = fc.constantFrom('абвгдежзийклмнопрстуфхцчшщъыьэюяАВЕКМНОРСТУХ', 'αβγδεζηθικλμνξοπρστυφχψωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ').chain((letters) =>
    fc.array(word(letters), { minLength: 1, maxLength: 5 }).map((words) => [...words, letters.startsWith('α') ? 'σήμερα' : 'сегодня']),
  );

  test('is not taken for Latin: no Latin phrase is found in it', () => {
    const latin = 'abcdefghijklmnopqrstuvwxyz';
    fc.assert(fc.property(honest, word(latin), (words, phrase) => expect(found(words.join(' '), phrase)).toEqual([])));
    expect(found('Не выносить сор', 'cop')).toEqual([]);
    expect(found('Дом у моря: три м от берега', 'y')).toEqual([]);
  });

  test('is held to phrases of its own script as whole words', () => {
    fc.assert(
      fc.property(honest, fc.nat(4), (words, at) => {
        const phrase = words[at % words.length]!;
        expect(found(words.join(' '), phrase)).toContain(phrase);
      }),
    );
    expect(found('Дешевле нет', 'дешев')).toEqual([]);
    expect(found('Выносить СОР', 'сор')).toEqual(['СОР']);
    expect(found('A cop, a bet', 'сор')).toEqual([]);
  });
});

test('each place is found once', () => {
  expect(found('cheap and сheap', 'cheap')).toEqual(['cheap', 'сheap']);
});
