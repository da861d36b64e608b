import { fold, wordsIn } from '../copy/text-fold';

/** What a campaign's facts allow copy to say: their words and their numbers. */
export interface FactIndex {
  hasWord(word: string): boolean;
  hasNumber(token: string): boolean;
  /** Whether the folded facts hold this folded phrase. */
  hasPhrase(phrase: string): boolean;
}

/** A number with the sign that gives it its meaning: `£49`, `20%`, `3`, `1,200.50`. */
export const NUMBER = /(?:[A-Z]{0,2}[£€$¥₹]\s?)?\d(?:[\d.,]*\d)?(?:\s?%|(?:st|nd|rd|th)\b)?|[£€$¥₹%]/gu;

export function numbersIn(text: string): { token: string; start: number; end: number }[] {
  return Array.from(text.matchAll(NUMBER), (match) => ({
    token: match[0].replace(/\s/g, ''),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

export function factIndex(facts: readonly (string | null | undefined)[]): FactIndex {
  const present = facts.filter((fact): fact is string => typeof fact === 'string' && fact !== '');
  const words = new Set<string>();
  const numbers = new Set<string>();
  for (const fact of present) {
    for (const word of wordsIn(fact)) words.add(stem(fold(word.text)));
    for (const number of numbersIn(fact)) numbers.add(number.token);
  }
  const phrases = present.map((fact) => ` ${fold(fact).replace(/\s+/g, ' ')} `);
  return {
    hasWord: (word) => words.has(stem(fold(word))),
    hasNumber: (token) => numbers.has(token),
    hasPhrase: (phrase) => phrases.some((fact) => fact.includes(phrase)),
  };
}

/** A name and its genitive are one word: `Alba` allows `Alba's`. */
function stem(word: string): string {
  return word.replace(/'s$/, '');
}
