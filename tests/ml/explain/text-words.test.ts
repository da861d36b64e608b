import fc from 'fast-check';
import { ownersOf, textWords } from '../../../src/ml/explain/text-words';

const wordsOf = (text: string, separators = false): string[] => textWords(text, separators).words.map((word) => word.text);
/** Each word with all characters that belong to it. */
const owned = (text: string, separators = false): string[] => {
  const { words, owner } = textWords(text, separators);
  return words.map((_, word) => [...owner].map((own, i) => (own === word ? text[i] : '')).join(''));
};

describe('the words of a text', () => {
  it('are those that people see: contractions whole, emoji and scripts without spaces too', () => {
    expect(wordsOf("Don't wait, run!")).toEqual(["Don't", 'wait', 'run']);
    expect(wordsOf('Only 3.99 for 👩‍👩‍👧 and 🇬🇧')).toEqual(['Only', '3.99', 'for', '👩‍👩‍👧', 'and', '🇬🇧']);
    expect(wordsOf('東京の朝').length).toBeGreaterThan(1);
    expect(wordsOf('!?!')).toEqual(['!?!']);
    expect(wordsOf('')).toEqual([]);
  });

  it('take the signs that touch them, and the space before them', () => {
    expect(owned('  Run, "far" - now!! ')).toEqual(['  Run,', ' "far"', ' - now!! ']);
  });

  it('leave out what stands between items of a prefix, and nothing else', () => {
    expect(owned('Trail shoes | Rain | (new) socks', true)).toEqual(['Trail', ' shoes', ' Rain', ' (new)', ' socks']);
    expect(owned('this | that')).toEqual(['this', ' | that']);
  });

  it('own every character of any text, and stand where they say', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { words, owner } = textWords(text, false);
        expect([...owner].every((own) => own >= 0 && own < words.length)).toBe(true);
        expect(words.every(({ text: word, start, end }) => text.slice(start, end).includes(word))).toBe(true);
        expect(ownersOf({ words, owner }, 0, text.length)).toEqual(words.map((_, i) => i));
      }),
    );
  });
});
